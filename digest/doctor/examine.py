"""The whole examination: every check in its area, those that ask the network side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from threading import Thread
from typing import TypeAlias

from digest.doctor import (
    coming_back,
    configuration,
    database,
    dkim,
    dmarc,
    files,
    link,
    machine,
    mailboxes,
    spf,
    way_out,
)
from digest.doctor.case import Case, Way
from digest.doctor.findings import Area, Examined, Finding, Report, advice, skipped

Check: TypeAlias = Callable[[Case], Iterable[Finding]]
#: told what is being looked at, how many areas are done, and of how many
Progress: TypeAlias = Callable[[str, int, int], None]

#: what is looked at here, in order
HERE: dict[Area, tuple[Check, ...]] = {
    Area.CONFIGURATION: (
        configuration.check_file,
        configuration.check_sender,
        configuration.check_list,
        configuration.check_link,
        configuration.check_server,
        configuration.check_sources,
        configuration.check_templates,
    ),
    Area.DATABASE: (
        database.check_file,
        database.check_integrity,
        database.check_mode,
        database.check_readers,
    ),
    Area.FILES: (
        files.check_space,
        files.check_network,
        files.check_folders,
        files.check_secrets,
        files.check_owner,
    ),
    Area.MACHINE: (
        machine.check_python,
        machine.check_clock,
        machine.check_zones,
        machine.check_runs,
    ),
    Area.WAY_OUT: (way_out.check_folder, way_out.check_program),
    Area.RETURNS: (coming_back.check_reading, coming_back.check_complaints),
}
#: what is asked of others, each area in a thread of its own
OUTSIDE: dict[Area, tuple[Check, ...]] = {
    Area.WAY_OUT: (way_out.check_server,),
    Area.DOMAIN: (
        mailboxes.check_mailboxes,
        spf.check_spf,
        dkim.check_dkim,
        dmarc.check_dmarc,
        mailboxes.check_pointers,
        mailboxes.check_answers,
    ),
    Area.LINK: (link.check_link,),
    Area.RETURNS: (coming_back.check_mailbox,),
}
#: seconds after which an area is given up, whatever it waits for
PATIENCE = 60.0


def examine_case(case: Case, *, offline: bool, progress: Progress, patience: float = PATIENCE) -> Report:
    """Look at everything; with `offline` at nothing that needs the network. Nothing is changed."""
    wanted = {} if offline else {area: checks for area, checks in OUTSIDE.items() if _concerns(area, case)}
    asked = {area: _Asked(case, checks) for area, checks in wanted.items()}
    found: dict[Area, list[Finding]] = {}
    areas = [area for area in Area if area is not Area.TEST_MAIL]
    for done, area in enumerate(areas, 1):
        progress(area.value, done, len(areas))
        here = [finding for check in HERE.get(area, ()) for finding in check(case)]
        if area in asked:
            here += asked[area].findings(patience)
        elif offline and _concerns(area, case) and area in OUTSIDE:
            here.append(skipped(_WHAT[area], "not asked (--offline)"))
        if here:
            found[area] = here
    return Report(examined=tuple(Examined(area=a, findings=tuple(f)) for a, f in found.items()))


def _concerns(area: Area, case: Case) -> bool:
    """Whether there is anything to ask outside."""
    match area:
        case Area.WAY_OUT:
            return case.way is Way.SERVER
        case Area.DOMAIN:
            return case.has_own_domain
        case Area.LINK:
            return case.settings.mail.base_url is not None
        case Area.RETURNS:
            mailbox = case.settings.mail.mailbox
            return mailbox.maildir is not None or mailbox.imap.host is not None
        case _:
            return False


#: what an area is called in its own one line
_WHAT = {Area.WAY_OUT: "server", Area.DOMAIN: "DNS", Area.LINK: "link", Area.RETURNS: "mailbox"}


@dataclass(slots=True)
class _Trouble:
    error: BaseException | None = None


class _Asked:
    """Checks on their way in a thread; one that waits for ever does not keep the program from ending."""

    def __init__(self, case: Case, checks: tuple[Check, ...]) -> None:
        self._found: list[Finding] = []
        self._trouble = _Trouble()
        self._thread = Thread(target=self._run, args=(case, checks), daemon=True)
        self._thread.start()

    def _run(self, case: Case, checks: tuple[Check, ...]) -> None:
        try:
            for check in checks:
                self._found.extend(check(case))
        except BaseException as error:  # noqa: BLE001 - raised again by whoever asked
            self._trouble.error = error

    def findings(self, patience: float) -> Iterator[Finding]:
        """All of them, or those that came in time."""
        self._thread.join(patience)
        if self._trouble.error is not None:
            raise self._trouble.error
        yield from list(self._found)
        if self._thread.is_alive():
            what = f"not all answers came within {patience:.0f} seconds"
            yield advice("network", what, "look at this machine's network and DNS, then look again")
