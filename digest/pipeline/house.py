"""What the operator decided about issues and their looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from digest import deliver, render
from digest.issue import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class MailIdentity:
    """Who the mails come from."""

    from_address: str
    from_name: str
    #: the digest's name
    title: str
    list_id: str
    unsubscribe_address: str
    #: where one-click unsubscribing is answered; `None` leaves only the mail address
    base_url: str | None
    #: where bounces go, each subscriber's tag in it; `None` sends them to `from_address`
    bounce_address: str | None = None
    #: what mails are signed with; nothing where the mail server does it
    signers: tuple[deliver.Signer, ...] = ()
    #: a message not handed over by then is given up
    expire_after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """All of it."""

    rules: Rules
    #: score that a pick must reach
    line: float
    #: the most points that upvotes and stars give in the order of picks
    popularity: float = 0.0
    #: how many papers the section Trending shows, and how many titles Also new
    trending: int
    also_new: int
    #: issues for very many subscribers are made by so many processes at most; 0: one for each processor
    processes: int = 0
    templates: render.Templates
    render: render.RenderSettings
    mail: MailIdentity
