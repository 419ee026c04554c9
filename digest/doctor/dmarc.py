"""DMARC of the domain that readers see (RFC 9989): its record, and whether our mails agree with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from digest.doctor.case import Case, domain_of
from digest.doctor.findings import Finding, advice, broken, fine, skipped
from digest.doctor.names import Names, Reply

_SUBJECT = "DMARC"
_RULE = "A04"
#: RFC 9989 took these away; receivers ignore them
_REMOVED = ("pct", "rf", "ri")
#: the tag's case is free, the value's is not (RFC 9989 4.8)
_RECORD = re.compile(r"[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)")
#: a walk up the tree asks no more names than this (RFC 9989 4.10)
_STEPS = 8


def check_dmarc(case: Case) -> Iterator[Finding]:
    """The record that receivers go by, and the alignment of our signature and bounce address."""
    domain = case.from_domain
    found = policy(domain, case.names)
    if found is None:
        yield skipped(_SUBJECT, f"{domain}: the DNS did not answer", rule=_RULE)
        return
    place, records = found
    if not records:
        yield advice(
            _SUBJECT,
            f"{domain} has no DMARC record: Gmail, Yahoo and Microsoft want one of everybody who sends much",
            f'publish TXT at _dmarc.{domain}: "v=DMARC1; p=none; rua=mailto:ADDRESS"',
            rule=_RULE,
        )
        return
    if len(records) > 1:
        what = f"_dmarc.{place} has {len(records)} DMARC records: receivers ignore them all"
        yield broken(_SUBJECT, what, "leave one of them", rule=_RULE)
        return
    yield from _judged(case, place, records[0])


def _judged(case: Case, place: str, record: str) -> Iterator[Finding]:
    import checkdmarc.dmarc as library  # noqa: PLC0415 - three quarters of a second

    remedy = f"correct the TXT record at _dmarc.{place}"
    try:
        parsed: Mapping[str, Any] = library.parse_dmarc_record(record, place, resolver=case.names.resolver())
    except library.DMARCError as error:
        yield broken(_SUBJECT, f"_dmarc.{place}: {error}", remedy, rule=_RULE)
        return
    tags = parsed["tags"]
    # a record found above speaks of the domains below it by `sp`
    wanted = "p" if place == case.from_domain else "sp"
    said = f"_dmarc.{place}: {wanted}={tags[wanted]['value']}"
    written = _tags(record)
    removed = [tag for tag in _REMOVED if tag in written]
    unknown = [tag for tag in written if tag not in library.dmarc_tags and tag not in _REMOVED]
    if removed:
        what = f"{said}, with {', '.join(removed)}, which RFC 9989 removed: receivers ignore what it says"
        yield advice(_SUBJECT, what, f"take {', '.join(removed)} out of the record", rule=_RULE)
    if unknown:
        what = f"{said}, with {', '.join(unknown)}, which nobody knows and everybody ignores"
        yield advice(_SUBJECT, what, "look for a slip in the record", rule=_RULE)
    if "rua" not in written:
        what = f"{said}, without rua: nobody tells you of mails in your name"
        yield advice(_SUBJECT, what, "add rua=mailto: with an address for reports", rule=_RULE)
    elif not removed and not unknown:
        yield fine(_SUBJECT, said, rule=_RULE)
    yield from _aligned(
        case, strict_dkim=tags["adkim"]["value"] == "s", strict_spf=tags["aspf"]["value"] == "s"
    )


def _aligned(case: Case, *, strict_dkim: bool, strict_spf: bool) -> Iterator[Finding]:
    """Whether the signature's and the bounce address's domain count as the reader's one (RFC 9989 3.2.10)."""
    subject = "alignment"
    signed = case.signers[0].domain if case.signers else None
    bounces = domain_of(case.bounce_address)
    by_dkim = signed is not None and aligned(case.from_domain, signed, case.names, strict=strict_dkim)
    by_spf = aligned(case.from_domain, bounces, case.names, strict=strict_spf)
    if by_dkim and by_spf:
        yield fine(subject, f"{case.from_domain} by DKIM and by SPF", rule=_RULE)
    elif by_dkim:
        what = f"by DKIM alone: bounces go to {bounces}, which is another domain than {case.from_domain}"
        yield advice(subject, what, f"use a bounce address below {case.from_domain}", rule=_RULE)
    elif by_spf and signed is None:
        yield fine(subject, f"{case.from_domain} by SPF; DKIM is the mail server's affair", rule=_RULE)
    elif by_spf:
        what = f"by SPF alone: mails are signed for {signed}, which is another domain than {case.from_domain}"
        yield advice(subject, what, f"sign for {case.from_domain} (mail.dkim.domain)", rule=_RULE)
    else:
        what = (
            f"neither signature nor bounce address belongs to {case.from_domain}: DMARC fails for every mail"
        )
        yield broken(subject, what, f"sign for {case.from_domain}, or use a bounce address there", rule=_RULE)


def policy(domain: str, names: Names) -> tuple[str, tuple[str, ...]] | None:
    """Where the record that holds for `domain` stands, with all records there; `None` without an answer.

    Its own one, or else that of its organizational domain, or else of the public suffix above
    (RFC 9989 4.10.1).
    """
    walked = _walk(domain, names)
    if walked is None:
        return None
    if not walked or walked[0][0] == domain:
        return walked[0] if walked else (domain, ())
    by_place = dict(walked)
    above = organizational(domain, walked)
    place = above if above in by_place else walked[-1][0]
    return place, by_place[place]


def aligned(seen: str, other: str, names: Names, *, strict: bool) -> bool:
    """Whether two domains count as one: the same, or without `strict` of one organization."""
    if seen == other:
        return True
    if strict:
        return False
    organizations = [organizational(domain, _walk(domain, names) or []) for domain in (seen, other)]
    return organizations[0] == organizations[1]


def organizational(domain: str, walked: list[tuple[str, tuple[str, ...]]]) -> str:
    """The organizational domain by the records found on the way up (RFC 9989 4.10.2)."""
    usable = [(place, _tags(records[0])) for place, records in walked if len(records) == 1]
    for place, tags in usable:
        if tags.get("psd", "").lower() == "n":
            return place
        if tags.get("psd", "").lower() == "y" and place != domain:
            labels = domain.split(".")
            return ".".join(labels[-len(place.split(".")) - 1 :])
    # the name with the fewest labels; without any record a domain stands for itself
    return usable[-1][0] if usable else domain


def _walk(domain: str, names: Names) -> list[tuple[str, tuple[str, ...]]] | None:
    """Names from `domain` up that have DMARC records, with them; `None` where the DNS does not answer."""
    found: list[tuple[str, tuple[str, ...]]] = []
    labels = domain.split(".")
    # of a long name only the last seven labels are asked, after the name itself
    starts = [0, *range(max(1, len(labels) - _STEPS + 1), len(labels))]
    for start in starts:
        place = ".".join(labels[start:])
        answer = names.ask(f"_dmarc.{place}", "TXT")
        if answer.reply is Reply.FAILED:
            return None
        records = tuple(r for r in answer.records if _RECORD.match(r))
        if records:
            found.append((place, records))
        if len(records) == 1 and _tags(records[0]).get("psd", "").lower() in {"y", "n"}:
            break
    return found


def _tags(record: str) -> dict[str, str]:
    """The tags of a record as written; the first of two equal ones."""
    found: dict[str, str] = {}
    for part in record.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip().lower(), value.strip())
    return found
