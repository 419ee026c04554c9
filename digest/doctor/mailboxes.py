"""Whether the addresses in our mails can be written to, and where a mail seems to come from."""

from __future__ import annotations

from collections.abc import Iterator

from digest.doctor.case import Case, domain_of, is_public, is_public_address
from digest.doctor.findings import Finding, advice, broken, fine, skipped
from digest.doctor.names import Reply


def check_mailboxes(case: Case) -> Iterator[Finding]:
    """Whether the domains of our addresses accept mail at all (rule A09)."""
    for domain, names in _domains(case).items():
        if not is_public(domain):
            continue  # said of the configuration already
        yield from _accepts(case, domain, ", ".join(names))


def _domains(case: Case) -> dict[str, list[str]]:
    """Each domain with the settings whose addresses are there."""
    mail = case.settings.mail
    found: dict[str, list[str]] = {}
    for name, address in (
        ("mail.from_address", mail.from_address),
        ("mail.bounce_address", case.bounce_address),
        ("mail.unsubscribe_address", mail.unsubscribe_address),
    ):
        if name == "mail.from_address" or address != mail.from_address:
            found.setdefault(domain_of(address), []).append(name)
    return found


def _accepts(case: Case, domain: str, names: str) -> Iterator[Finding]:
    subject = f"mail to {domain}"
    remedy = f"set an MX record for {domain}, or another address for {names}"
    answer = case.names.ask(domain, "MX")
    hosts = sorted(_exchange(record) for record in answer.records)
    match answer.reply:
        case Reply.FAILED:
            yield skipped(subject, answer.why, rule="A09")
        case Reply.NO_NAME:
            yield broken(subject, "there is no such domain", remedy, rule="A09")
        case Reply.NO_RECORD:
            if case.names.addresses(domain).reply is Reply.FOUND:
                what = "has no MX record; its own address is used, which not every server does"
                yield advice(subject, what, remedy, rule="A09")
            else:
                yield broken(
                    subject, "has neither MX nor address: nobody can write to it", remedy, rule="A09"
                )
        case Reply.FOUND:
            yield from _exchanges(case, domain, hosts, remedy)


def _exchanges(case: Case, domain: str, hosts: list[tuple[int, str]], remedy: str) -> Iterator[Finding]:
    subject = f"mail to {domain}"
    if [host for _, host in hosts] == [""]:
        yield broken(subject, "says that it accepts no mail (null MX, RFC 7505)", remedy, rule="A09")
        return
    first = next(host for _, host in hosts if host)
    reply = case.names.addresses(first).reply
    if reply in {Reply.NO_NAME, Reply.NO_RECORD}:
        what = f"goes to {first}, which has no address"
        yield broken(subject, what, f"correct the MX record of {domain}", rule="A09")
    else:
        yield fine(subject, f"goes to {first}", rule="A09")


def _exchange(record: str) -> tuple[int, str]:
    preference, _, host = record.partition(" ")
    return int(preference), host.rstrip(".").lower()


def check_answers(case: Case) -> Iterator[Finding]:
    """Whether the DNS answered at all, after everything was asked."""
    if troubles := case.names.troubles:
        remedy = (
            "look at /etc/resolv.conf and the network here, then at the domain's name servers; look again"
        )
        yield advice("DNS", f"some questions were not answered: {'; '.join(troubles)}", remedy)


def check_pointers(case: Case) -> Iterator[Finding]:
    """Whether this machine's address leads to a name and back, where mails may leave from here (rule A05)."""
    if not case.relay_is_here:
        return
    addresses = [a for a in case.own_addresses() if is_public_address(a)]
    if not addresses:
        yield skipped(
            "PTR",
            "this machine has no public address of its own; if its mail server uses none other, ask there",
            rule="A05",
        )
    for address in addresses:
        yield from _pointer(case, str(address))


def _pointer(case: Case, address: str) -> Iterator[Finding]:
    remedy = (
        "ask the provider of the address for a name; nothing is to be done if another server sends on for it"
    )
    answer = case.names.pointers(address)
    if answer.reply is Reply.FAILED:
        yield skipped("PTR", f"{address}: {answer.why}", rule="A05")
        return
    if not answer.records:
        what = f"{address} has no name (PTR): Gmail and others refuse mails from there"
        yield advice("PTR", what, remedy, rule="A05")
        return
    back = [name for name in answer.records[:5] if address in case.names.addresses(name).records]
    if back:
        yield fine("PTR", f"{address} is {back[0]}, and back", rule="A05")
    else:
        what = f"{address} is called {answer.records[0]}, which does not lead back to it"
        yield advice("PTR", what, remedy, rule="A05")
