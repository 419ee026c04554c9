"""`digest dkim`: a key that mails are signed with, and what the DNS must say of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import documents
from digest.cli.globals import Globals, open_app
from digest.cli.options import Json
from digest.cli.terminal import say
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.config import MailSettings
    from digest.deliver import Signer

group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Sign mails, so that receivers know they are yours: make a key, show its DNS record.",
    epilog="""\b
Large providers refuse or hide mails that are not signed. Two places must agree:
a key that only digest can read, and its public half in the DNS of the sender's domain.
\b
  digest dkim new          makes the key, prints the DNS record and what config.yaml needs
  digest dkim show         prints the record of the configured key again
\b
Publish the record first, then name the key in config.yaml: mails signed with a key that the DNS does
not show look forged. A new key gets a new selector; keep the old record for a week, for mails on
their way. Where your mail server signs already, leave this out.
""",
)


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(group, name="dkim")


Selector = Annotated[
    str | None,
    typer.Option(
        "--selector",
        metavar="NAME",
        help="The key's name in the DNS, such as digest2026 (default: mail.dkim.selector, which is digest).",
    ),
]
Domain = Annotated[
    str | None,
    typer.Option(
        "--domain", metavar="DOMAIN", help="The sender's domain (default: mail.dkim.domain or from_address)."
    ),
]


@group.command()
def new(
    context: typer.Context,
    selector: Selector = None,
    bits: Annotated[
        int,
        typer.Option("--bits", min=1024, max=4096, help="Length of an RSA key; some DNS hosts take 1024."),
    ] = 2048,
    ed25519: Annotated[
        bool,
        typer.Option(
            "--ed25519", help="Make an Ed25519 key instead, for a second signature beside the first."
        ),
    ] = False,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="PATH", help="Where (default: dkim-SELECTOR.pem beside config.yaml)."),
    ] = None,
    domain: Domain = None,
) -> None:
    """Make a key (never over an existing one), and print the DNS record to publish."""
    from digest import config, deliver  # noqa: PLC0415 - heavy

    beside = _config_path(context)
    mail = _mail_settings(beside) if domain is None or selector is None else None
    chosen = config.parse_selector(selector) if selector else _selector(mail, ed25519=ed25519)
    where = config.ascii_host(config.parse_domain(domain) if domain else _domain(mail, beside))
    path = file or beside.with_name(f"dkim-{chosen}.pem")
    key = deliver.make_key(None if ed25519 else bits)
    deliver.write_key(path, key)
    say(f"wrote {path}: the private key, for this user alone")
    say("\n1. Publish its other half in the DNS:\n")
    _show(deliver.Signer(domain=where, selector=chosen, key=key))
    prefix = "ed25519_" if ed25519 else ""
    written = os.path.relpath(path.absolute(), beside.absolute().parent)
    say(f"\n2. When the DNS shows it, put this into {beside}:\n")
    say(f"mail:\n  dkim:\n    {prefix}key_file: {written}\n    {prefix}selector: {chosen}")
    if domain is not None:
        say(f"    domain: {where}")


@group.command()
def show(context: typer.Context, as_json: Json = False) -> None:
    """Print the DNS record of the configured key, or of both."""
    from digest import deliver  # noqa: PLC0415 - heavy

    app = open_app(context)
    if not app.signers:
        raise UsageError(f"{app.config_path} names no key (mail.dkim.key_file); `digest dkim new` makes one")
    if as_json:
        documents.print_json(
            [{"name": _name(s), "type": "TXT", "value": deliver.record(s.key)} for s in app.signers]
        )
        return
    for number, signer in enumerate(app.signers):
        if number:
            say()
        _show(signer)


def _show(signer: Signer) -> None:
    from digest import deliver  # noqa: PLC0415 - heavy

    value = deliver.record(signer.key)
    parts = deliver.strings(value)
    say(f"name   {_name(signer)}\ntype   TXT\nvalue  {value}")
    if len(parts) > 1:
        say("\nIn a zone file, where one string holds 255 characters at most:\n")
    else:
        say("\nIn a zone file:\n")
    quoted = "\n    ".join(f'"{part}"' for part in parts)
    say(f"{_name(signer)}. 3600 IN TXT (\n    {quoted} )")


def _name(signer: Signer) -> str:
    return f"{signer.selector}._domainkey.{signer.domain}"


def _config_path(context: typer.Context) -> Path:
    given = context.find_object(Globals)
    return Path(given.config if given else "config.yaml")


def _mail_settings(path: Path) -> MailSettings | None:
    """What `config.yaml` says of mails, whether or not the key it names is there yet."""
    from digest import config  # noqa: PLC0415 - heavy

    return config.load(path, os.environ, keys=False).mail if path.exists() else None


def _selector(mail: MailSettings | None, *, ed25519: bool) -> str:
    if mail is None:
        return "digest-ed25519" if ed25519 else "digest"
    return mail.dkim.ed25519_selector if ed25519 else mail.dkim.selector


def _domain(mail: MailSettings | None, path: Path) -> str:
    if mail is None:
        raise UsageError(f"there is no {path} that tells the sender's domain; name it: --domain example.org")
    found = mail.dkim.domain or mail.from_address.rpartition("@")[2]
    if "." not in found:
        raise UsageError(
            f"{path}: mail.from_address is {mail.from_address}, whose domain no DNS knows; set it first, or "
            "name the domain: --domain example.org"
        )
    return found
