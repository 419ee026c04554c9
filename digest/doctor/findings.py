"""What the doctor finds: one thing looked at, a verdict, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from digest import exits
from digest.text import clip, printable

#: in characters; a server's words may be long
_LONGEST = 600


class Verdict(StrEnum):
    """How one thing is, the best first."""

    FINE = "fine"
    #: was not looked at, and why
    SKIPPED = "skipped"
    #: works, and could be better or safer
    ADVICE = "advice"
    #: mails will not go, readers cannot leave, or something is damaged
    BROKEN = "broken"


class Area(StrEnum):
    """What belongs together in the report, in its order."""

    CONFIGURATION = "configuration"
    DATABASE = "database"
    FILES = "files and disk"
    MACHINE = "machine"
    WAY_OUT = "way out"
    DOMAIN = "sender's domain"
    LINK = "unsubscribe link"
    RETURNS = "what comes back"
    TEST_MAIL = "test mail"

    @property
    def is_here(self) -> bool:
        """Whether what is broken in it is mended on this machine, by the operator of digest alone."""
        return self in {Area.CONFIGURATION, Area.DATABASE, Area.FILES, Area.MACHINE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    All text is made safe to print; part of it may come from servers. Raises `ValueError` where advice or
    a breakage says not what to do.
    """

    #: what was looked at, in a word or two
    subject: str
    verdict: Verdict
    #: what was seen
    what: str
    #: what to do
    remedy: str | None = None
    #: the rule behind it, in docs/operating.md: `A03`
    rule: str | None = None

    def __post_init__(self) -> None:
        if self.verdict in {Verdict.ADVICE, Verdict.BROKEN} and not self.remedy:
            raise ValueError(f"{self.subject}: {self.what}: what is to be done?")
        for name in ("subject", "what", "remedy"):
            text = getattr(self, name)
            object.__setattr__(self, name, text and clip(printable(text), _LONGEST))


def fine(subject: str, what: str, *, rule: str | None = None) -> Finding:
    """All is well with `subject`."""
    return Finding(subject=subject, verdict=Verdict.FINE, what=what, rule=rule)


def skipped(subject: str, why: str, *, rule: str | None = None) -> Finding:
    """`subject` was not looked at."""
    return Finding(subject=subject, verdict=Verdict.SKIPPED, what=why, rule=rule)


def advice(subject: str, what: str, remedy: str, *, rule: str | None = None) -> Finding:
    """`subject` works, and should be otherwise."""
    return Finding(subject=subject, verdict=Verdict.ADVICE, what=what, remedy=remedy, rule=rule)


def broken(subject: str, what: str, remedy: str, *, rule: str | None = None) -> Finding:
    """`subject` does not do what it is for."""
    return Finding(subject=subject, verdict=Verdict.BROKEN, what=what, remedy=remedy, rule=rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One area with what was found in it."""

    area: Area
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole examination, in the order of the areas."""

    examined: tuple[Examined, ...]

    def and_also(self, area: Area, findings: Iterable[Finding]) -> Report:
        """The same with one more area."""
        return Report(examined=(*self.examined, Examined(area=area, findings=tuple(findings))))

    def count(self, verdict: Verdict) -> int:
        """How many findings have this verdict."""
        return sum(f.verdict is verdict for one in self.examined for f in one.findings)

    @property
    def broken_areas(self) -> list[Area]:
        """Areas in which something is broken."""
        return [one.area for one in self.examined if has_broken(one.findings)]

    @property
    def exit_code(self) -> int:
        """0 where nothing is broken; 2 for what is to be mended here, 3 where mails alone would suffer."""
        areas = self.broken_areas
        if any(area.is_here for area in areas):
            return exits.USAGE
        return exits.DELIVERY if areas else exits.DONE


def has_broken(findings: Iterable[Finding]) -> bool:
    """Whether one of them is broken."""
    return any(f.verdict is Verdict.BROKEN for f in findings)
