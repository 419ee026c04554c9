"""Somebody leaves while mails go out: no run keeps them from it, and they get nothing more."""

import pytest

from digest import exits
from digest.errors import StoreError
from digest.store import Database
from tests.mishaps.stage import READERS, listening


@pytest.mark.parametrize("taken", [1, 3, READERS - 1])
def test_who_leaves_while_the_mail_before_theirs_is_on_its_way_gets_nothing(stage, taken):
    """Their envelope may have gone ahead by then; it is taken back."""
    stage.recorder.after_taking = lambda number: number == taken and stage.unsubscribe(taken)

    report = stage.deliver()

    assert report.exit_code == exits.DONE
    assert stage.taken == [f"r{n}@reader.example" for n in range(READERS) if n != taken]
    assert stage.states == {"accepted": READERS - 1, "suppressed": 1}


def test_who_leaves_with_all_they_left_behind_gets_nothing(stage):
    stage.recorder.after_taking = lambda number: number == 2 and stage.unsubscribe(4, forget=True)

    assert stage.deliver().exit_code == exits.DONE
    assert "r4@reader.example" not in stage.taken
    assert stage.states == {"accepted": READERS - 1}


def test_everybody_may_leave_at_once(stage):
    def leave(number):
        for reader in range(number, READERS):
            stage.unsubscribe(reader)

    stage.recorder.after_taking = lambda number: number == 2 and leave(number)

    assert stage.deliver().exit_code == exits.DONE
    assert stage.taken == ["r0@reader.example", "r1@reader.example"]
    assert stage.states == {"accepted": 2, "suppressed": READERS - 2}


def test_nobody_can_leave_between_the_last_look_and_the_permission_to_send(stage, monkeypatch):
    """They are one transaction: whoever leaves in between leaves before it or after it."""
    refused = []

    def leave_now(_connection, _cursor, statement, *_):
        if "transmitted_at=" in statement and not refused:
            monkeypatch.setitem(Database.__init__.__kwdefaults__, "busy_timeout", 0.0)
            with pytest.raises(StoreError, match="database is locked"):
                stage.unsubscribe(0)
            refused.append(statement)

    with listening("before_cursor_execute", leave_now):
        stage.deliver()

    assert len(refused) == 1
    assert stage.states == {"accepted": READERS}
    stage.unsubscribe(0)
