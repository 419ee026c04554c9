"""The whole examination: nothing is left out, nothing waits for ever, nothing changes."""

import threading

import pytest

from digest.doctor import Area, examine_case
from digest.doctor import examine as room
from digest.doctor.findings import fine
from digest.mailbox import MaildirMailbox

EVERYTHING = {
    "from_address": "papers@list.example",
    "base_url": "https://localhost:9",
    "smtp": {"host": "127.0.0.1", "port": 9},
    "mailbox": {"maildir": "gone"},
}


def silent(*_):
    pass


def test_areas_come_in_their_order_and_each_is_told_of(case_of):
    told = []
    report = examine_case(case_of(), offline=True, progress=lambda *step: told.append(step))

    areas = [one.area for one in report.examined]
    assert areas == sorted(areas, key=list(Area).index)
    assert told == [(area.value, n, 8) for n, area in enumerate(list(Area)[:-1], 1)]


def test_offline_nothing_is_asked_and_that_is_said(case_of, monkeypatch):
    monkeypatch.setattr(room, "Thread", None)
    report = examine_case(case_of(mail=EVERYTHING), offline=True, progress=silent)
    unasked = {one.area: f.what for one in report.examined for f in one.findings if f.verdict == "skipped"}

    assert {Area.WAY_OUT, Area.DOMAIN, Area.LINK, Area.RETURNS} <= unasked.keys()
    assert unasked[Area.DOMAIN] == "not asked (--offline)"


def test_what_is_not_set_up_is_not_asked_for(case_of):
    report = examine_case(case_of(), offline=False, progress=silent)

    assert {Area.DOMAIN, Area.LINK}.isdisjoint(one.area for one in report.examined)


def test_all_that_is_outside_is_asked_at_once(case_of, port, zone, monkeypatch):
    """Each check waits for all others: one after another none would end."""
    together = threading.Barrier(4)

    def meet(_):
        together.wait(20)
        yield fine("met", "all of them")

    monkeypatch.setattr(room, "OUTSIDE", dict.fromkeys(room.OUTSIDE, (meet,)))
    report = examine_case(case_of(mail=EVERYTHING), offline=False, progress=silent)

    assert sum(f.subject == "met" for one in report.examined for f in one.findings) == 4


def test_a_check_that_never_ends_is_given_up_and_what_came_before_is_kept(case_of, monkeypatch):
    for_ever = threading.Event()

    def wait(_):
        yield fine("first", "came")
        for_ever.wait()

    monkeypatch.setattr(room, "OUTSIDE", {Area.LINK: (lambda _: [fine("zeroth", "came")], wait)})
    report = examine_case(case_of(mail=EVERYTHING), offline=False, progress=silent, patience=0.2)
    for_ever.set()
    (link,) = [one for one in report.examined if one.area is Area.LINK]

    assert [(f.subject, f.verdict.value) for f in link.findings] == [
        ("zeroth", "fine"),
        ("first", "fine"),
        ("network", "advice"),
    ]


def test_a_bug_in_a_thread_is_not_swallowed(case_of, monkeypatch):
    def fail(_):
        raise ZeroDivisionError

    monkeypatch.setattr(room, "OUTSIDE", {Area.LINK: (fail,)})
    with pytest.raises(ZeroDivisionError):
        examine_case(case_of(mail=EVERYTHING), offline=False, progress=silent)


def test_a_whole_examination_of_an_installation_that_reaches_nobody_says_so_and_leaves_no_trace(
    case_of, port, tmp_path
):
    box = MaildirMailbox(tmp_path / "gone", longest=1000)
    case = case_of(mail=EVERYTHING, box=lambda: box)
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}
    report = examine_case(case, offline=False, progress=silent)

    assert report.exit_code == 3
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")} == before
    assert {Area.WAY_OUT, Area.DOMAIN, Area.LINK, Area.RETURNS} == set(report.broken_areas)
