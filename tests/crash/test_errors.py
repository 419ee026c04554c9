"""The disk fails once while mails go out; `python -m tests.crash.errors` lets it fail at every step."""

import pytest

from digest import exits
from tests.crash.errors import failure
from tests.crash.trace import needs_strace


@pytest.mark.parametrize(
    ("once", "code"),
    [
        (("pwrite64", "ENOSPC", 2), exits.USAGE),  # while mails are taken in hand
        (("fsync", "EIO", 1), exits.USAGE),  # the number beside the database
        (("fdatasync", "EIO", 5), exits.DONE),  # with a result to write: it is tried again
    ],
    ids=str,
)
def test_a_disk_that_fails_once_loses_and_doubles_nothing(request, recorder, tmp_path, once, code):
    needs_strace()
    launcher, edition = (request.getfixturevalue(name) for name in ("launcher", "small_edition"))

    one = failure(launcher, recorder, edition, tmp_path / "trial", once)

    assert one.happened
    assert one.wrong == ()
    assert one.code == code, one.said
    assert one.in_doubt == 0
