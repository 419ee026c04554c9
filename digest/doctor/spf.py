"""SPF of the domain that bounces go to: its record, within the limits, and whether it covers this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any

from digest.doctor.case import Case, domain_of, is_public, is_public_address
from digest.doctor.findings import Finding, advice, broken, fine, skipped
from digest.doctor.names import Names, Reply

_SUBJECT = "SPF"
_RULE = "A03"


def check_spf(case: Case) -> Iterator[Finding]:
    """The record of the envelope's domain (RFC 7208)."""
    domain = domain_of(case.bounce_address)
    if not is_public(domain):
        return
    answer = case.names.ask(domain, "TXT")
    if answer.reply is Reply.FAILED:
        yield skipped(_SUBJECT, f"{domain}: {answer.why}", rule=_RULE)
        return
    records = [r for r in answer.records if r.lower() == "v=spf1" or r.lower().startswith("v=spf1 ")]
    if len(records) > 1:
        what = f"{domain} has {len(records)} SPF records: receivers take that for none"
        yield broken(_SUBJECT, what, "make one record of them", rule=_RULE)
    elif records:
        yield from _judged(case, domain, records[0])
    else:
        yield advice(
            _SUBJECT,
            f"{domain} has no SPF record: mails without a DKIM signature are refused by the big providers",
            f'publish TXT at {domain}, such as "v=spf1 mx -all", naming the servers that send for it',
            rule=_RULE,
        )


def _judged(case: Case, domain: str, record: str) -> Iterator[Finding]:
    import checkdmarc.spf as library  # noqa: PLC0415 - three quarters of a second
    import checkdmarc.utils  # noqa: PLC0415 - three quarters of a second

    # what is published now counts, not what was half an hour ago
    checkdmarc.utils.DNS_CACHE.clear()
    before = case.names.unanswered
    try:
        found: Mapping[str, Any] = library.parse_spf_record(record, domain, resolver=case.names.resolver())
        trouble = str(found.get("error", ""))
        remedy = f"correct the TXT record at {domain}"
    except (library.SPFTooManyDNSLookups, library.SPFTooManyVoidDNSLookups) as error:
        found, trouble = {}, f"{error}: receivers take the whole record for an error"
        remedy = "take out includes that are not needed, or put addresses (ip4:, ip6:) in their place"
    except library.SPFError as error:
        found, trouble, remedy = {}, str(error), f"correct the TXT record at {domain}"
    if case.names.unanswered > before:
        # the library takes a question without an answer for a name that is not there
        yield skipped(_SUBJECT, f"{domain}: the DNS did not answer for all that the record names", rule=_RULE)
    elif trouble:
        yield broken(_SUBJECT, f"{domain}: {trouble}", remedy, rule=_RULE)
    else:
        yield from _contents(case, domain, found)


def _contents(case: Case, domain: str, found: Mapping[str, Any]) -> Iterator[Finding]:
    parsed = found["parsed"]
    counted = f"{found['dns_lookups']} of 10 lookups, {found['void_dns_lookups']} of 2 empty ones"
    if not parsed["mechanisms"] and parsed["redirect"] is None and parsed["all"] in {"fail", "softfail"}:
        what = f"{domain} says that nobody sends mail for it ({found['record']})"
        yield broken(_SUBJECT, what, "name the servers that send for it in its TXT record", rule=_RULE)
        return
    if parsed["redirect"] is None and parsed["all"] in {"pass", "neutral"}:
        what = f"{domain} forbids nobody to send mail in its name ({counted})"
        yield advice(_SUBJECT, what, 'end the record with "-all" or "~all"', rule=_RULE)
        return
    here = [a for a in case.own_addresses() if is_public_address(a)] if case.relay_is_here else []
    left_out = [str(address) for address in here if not _covers(parsed, address, case.names)]
    if left_out:
        yield advice(
            _SUBJECT,
            f"{domain} does not name this machine, {', '.join(left_out)} ({counted})",
            "add it to the TXT record (ip4:, ip6:), unless another server sends on for it",
            rule=_RULE,
        )
    elif here:
        yield fine(_SUBJECT, f"{domain} names this machine ({counted})", rule=_RULE)
    else:
        who = case.settings.mail.smtp.host or "the server that will send"
        yield fine(
            _SUBJECT, f"{domain} has a record ({counted}); whether it names {who}, ask its keeper", rule=_RULE
        )


def _covers(parsed: Mapping[str, Any], address: IPv4Address | IPv6Address, names: Names) -> bool:
    """Whether a record lets `address` send, going by the mechanisms that say so plainly.

    `exists`, `ptr` and macros need a real mail to decide and count as no.
    """
    for one in parsed["mechanisms"]:
        if one.get("action", "pass") == "pass" and _matches(one, address, names):
            return True
    redirect = parsed["redirect"]
    return bool(redirect and redirect.get("parsed") and _covers(redirect["parsed"], address, names))


def _matches(one: Mapping[str, Any], address: IPv4Address | IPv6Address, names: Names) -> bool:
    match one["mechanism"]:
        case "ip4" | "ip6":
            return _within(str(one["value"]), address)
        case "a":
            return any(_within(place, address) for place in one.get("addresses", ()))
        case "mx":
            hosts = [str(host["hostname"]) for host in one.get("hosts", ())]
            return any(_within(place, address) for host in hosts for place in names.addresses(host).records)
        case "include":
            return bool(one.get("parsed")) and _covers(one["parsed"], address, names)
    return False


def _within(network: str, address: IPv4Address | IPv6Address) -> bool:
    try:
        return address in ip_network(network, strict=False)
    except ValueError:
        return False
