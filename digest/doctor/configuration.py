"""Settings that are no mistake by themselves, and still want a look."""

from __future__ import annotations

from collections.abc import Iterator

from digest.doctor.case import Case, is_public, is_this_machine
from digest.doctor.findings import Finding, advice, broken, fine


def check_file(case: Case) -> Iterator[Finding]:
    """The file itself: mistakes in it never get this far."""
    yield fine("file", f"{case.config_path} is in order")


def check_sender(case: Case) -> Iterator[Finding]:
    """Who the mails come from."""
    mail = case.settings.mail
    subject, remedy = "mail.from_address", "set mail.from_address to an address that you receive mail at"
    if case.has_own_domain:
        yield fine(subject, f"mails come from {mail.from_address}")
    elif case.way.reaches_readers and not case.relay_is_here:
        what = f"mails come from {mail.from_address}, which no server outside accepts"
        yield broken(subject, what, remedy, rule="A09")
    else:
        yield advice(subject, f"is {mail.from_address}, which nobody outside can answer", remedy, rule="A09")


def check_list(case: Case) -> Iterator[Finding]:
    """The list's name, which has to stay once mails are out."""
    mail = case.settings.mail
    if is_public(mail.list_id):
        yield fine("mail.list_id", mail.list_id, rule="U10")
    elif case.has_own_domain:
        yield advice(
            "mail.list_id",
            f"is still {mail.list_id}: mail programs sort by it, and it should not change later",
            f"set it before mails go out, such as daily.digest.{case.from_domain}",
            rule="U10",
        )


def check_link(case: Case) -> Iterator[Finding]:
    """Whether mails carry the one-click way out."""
    if case.settings.mail.base_url:
        yield fine("mail.base_url", f"mails carry the one-click link, at {case.settings.mail.base_url}")
    else:
        yield advice(
            "mail.base_url",
            "is not set: mails carry no one-click way out, which Gmail and Yahoo want",
            "let the public reach `digest serve` by https, and set it",
            rule="U01",
        )


def check_server(case: Case) -> Iterator[Finding]:
    """How the way to the mail server is protected."""
    smtp = case.settings.mail.smtp
    if smtp.host is None:
        return
    subject = "mail.smtp"
    if smtp.lacks_password:
        yield broken(
            subject,
            f"username is {smtp.username}, but its password is missing",
            "set DIGEST__MAIL__SMTP__PASSWORD, or mail.smtp.password_file",
        )
    if is_this_machine(smtp.host):
        return
    if smtp.security == "none":
        what = f"mails travel to {smtp.host} in clear"
        yield advice(subject, what, "set mail.smtp.security to starttls or tls", rule="A05")
    elif not smtp.verify:
        what = (
            f"the certificate of {smtp.host} is not checked: anybody on the way can read mails and password"
        )
        yield advice(subject, what, "set mail.smtp.verify to true")


def check_sources(case: Case) -> Iterator[Finding]:
    """Whether papers can come in at all."""
    sources = case.settings.sources
    if not sources:
        yield fine("sources", "none: papers come by `digest ingest` alone")
        return
    missing = [s for s in sources if s.path is not None and not s.path.exists()]
    for source in missing:
        remedy = f"make it, or change the path of {source.name} in config.yaml"
        yield advice("sources", f"{source.name}: there is no {source.path}", remedy)
    if not missing:
        yield fine("sources", ", ".join(s.name for s in sources))


def check_templates(case: Case) -> Iterator[Finding]:
    """The operator's own templates."""
    folder = case.settings.templates
    if folder is not None and not folder.is_dir():
        yield broken(
            "templates", f"there is no folder {folder}", "make it, or take `templates` out of config.yaml"
        )
