"""The way out: the mail server as it presents itself, or the folder that takes its place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from digest import deliver
from digest.doctor.case import Case, Way, is_this_machine
from digest.doctor.findings import Finding, advice, broken, fine

if TYPE_CHECKING:
    from digest.deliver import Probe

#: an encoded mail at its longest: 102,400 bytes of HTML (Gmail's limit) in any script, and its text
LARGEST_MAIL = 400_000
#: how long before its end a certificate is spoken of: Let's Encrypt renews after two thirds of 90 days
SOON = timedelta(days=14)
#: seconds for each answer of a server
PATIENCE = 10.0


def check_folder(case: Case) -> Iterator[Finding]:
    """The folder that mails go to while no server is set, or the mailbox in its place."""
    mail = case.settings.mail
    folder = {Way.FOLDER: mail.folder, Way.MAILDIR: mail.maildir}.get(case.way)
    if folder is not None:
        yield advice(
            case.way.value,
            f"mails are written to {folder}, and reach no reader",
            "set mail.smtp.host when they are to get them (docs/operating.md, Mail)",
        )


def check_program(case: Case) -> Iterator[Finding]:
    """The program that takes mails as Sendmail does."""
    program = case.settings.mail.sendmail
    if program is None:
        return
    remedy = "install a mail server with its sendmail program, or correct mail.sendmail"
    if not program.is_file():
        yield broken("program", f"there is no program {program}", remedy)
    elif not os.access(program, os.X_OK):
        yield broken("program", f"{program} cannot be run by this user", remedy)
    else:
        yield fine("program", f"{program} is there, and can be run")


def check_server(case: Case) -> Iterator[Finding]:
    """Everything up to the point where a mail would be handed over."""
    smtp = case.settings.mail.smtp
    if case.way is not Way.SERVER or smtp.host is None or smtp.lacks_password:
        return
    seen = deliver.probe_server(
        deliver.SmtpSettings(
            host=smtp.host,
            port=smtp.port,
            security=deliver.Security(smtp.security),
            verify=smtp.verify,
            username=smtp.username,
            password=smtp.password.get_secret_value() if smtp.password else None,
            timeout=min(PATIENCE, smtp.timeout.total_seconds()),
        )
    )
    yield from judge(seen, case)


def judge(seen: Probe, case: Case) -> Iterator[Finding]:
    """What is to be said of a mail server, by what was seen of it."""
    smtp = case.settings.mail.smtp
    place = f"{smtp.host}:{smtp.port}"
    if seen.failed is not None:
        subject, remedy = _FAILURES[seen.failed.value]
        yield broken(subject, seen.trouble, remedy, rule="A05" if subject == "encryption" else None)
        if not seen.greeting:
            return
    yield fine("server", f"{place} answers: {seen.greeting or 'without a greeting'}")
    yield from _encryption(seen, case)
    if seen.logged_in:
        yield fine("login", f"{smtp.username} may send")
    if seen.offers:
        yield from _offers(seen, case)


def _encryption(seen: Probe, case: Case) -> Iterator[Finding]:
    smtp = case.settings.mail.smtp
    if seen.tls is None:
        if smtp.security == "none" and seen.offers_tls and not is_this_machine(smtp.host or ""):
            yield advice(
                "encryption",
                "the server offers STARTTLS, and it is not used",
                "set mail.smtp.security to starttls",
                rule="A05",
            )
        return
    ends = seen.certificate_ends
    if ends is None:
        yield fine("encryption", f"{seen.tls}, the certificate is not checked", rule="A05")
    elif ends - case.now < SOON:
        yield advice(
            "encryption",
            f"the server's certificate ends on {ends:%Y-%m-%d}",
            "its keeper has to renew it; after that day no mail goes out",
            rule="A05",
        )
    else:
        yield fine("encryption", f"{seen.tls}, certificate good until {ends:%Y-%m-%d}", rule="A05")


def _offers(seen: Probe, case: Case) -> Iterator[Finding]:
    limit = seen.size_limit
    if limit is not None and limit < LARGEST_MAIL:
        yield advice(
            "size limit",
            f"the server takes mails up to {limit:,} bytes; a long issue may have {LARGEST_MAIL:,}",
            "ask its keeper for more, or lower `limit` and `also_new` in config.yaml",
            rule="H01",
        )
    names = [name for name in ("PIPELINING", "8BITMIME", "SMTPUTF8") if name in seen.offers]
    size = f"mails up to {limit:,} bytes" if limit else "mails of any size"
    yield fine("offers", ", ".join([size, *names]))
    audience = case.facts.audience
    if audience and audience.beyond_ascii and "SMTPUTF8" not in seen.offers:
        yield advice(
            "addresses",
            f"{audience.beyond_ascii:,} readers have letters beyond ASCII before the @, and the server "
            "offers no SMTPUTF8: their mails are refused",
            "ask them for another address, or use a server that offers it",
            rule="E06",
        )


#: by the step that failed: what to call it, what to do
_FAILURES = {
    "name": ("server", "correct mail.smtp.host, or look at this machine's DNS"),
    "connect": (
        "server",
        "look whether the server runs, and whether a firewall closes the port",
    ),
    "hello": ("EHLO", "check that mail.smtp.port is that of a mail server"),
    "encrypt": (
        "encryption",
        "check that mail.smtp.host is the name in the certificate; starttls goes with port 587, tls with 465",
    ),
    "login": (
        "login",
        "check mail.smtp.username and the password; some providers want one made for programs",
    ),
}
