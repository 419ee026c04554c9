"""A copy of the database from the middle of sending, put in its place after that sending was killed."""

import shutil
import signal

import pytest

from digest import exits
from tests.crash.ledger import conserved
from tests.crash.trial import deliver_arguments


@pytest.mark.parametrize("policy", ["hold", "resend"])
def test_what_went_out_after_the_copy_does_not_go_again(launcher, recorder, edition, tmp_path, policy):
    folder, copy = tmp_path / "trial", tmp_path / "copy"
    edition.copy(folder, port=recorder.port, policy=policy, connections=1)
    copy.mkdir()

    def happen(mail):
        if mail == 10:
            for path in (folder / "digest.db", folder / "digest.db-wal"):
                shutil.copy(path, copy)
        if mail == 30:
            launcher.kill()

    recorder.after_taking = happen
    launcher.start(folder, *deliver_arguments(0))
    assert launcher.wait() == -signal.SIGKILL
    for path in folder.glob("digest.db-*"):
        path.unlink()
    for path in copy.iterdir():
        shutil.copy(path, folder)

    launcher.start(folder, *deliver_arguments(1))

    assert launcher.wait() == exits.DELIVERY
    assert len(recorder.taken) == 30
    assert conserved(folder, recorder.taken).counts == {"accepted": 9, "in_doubt": 91}
    assert (folder / "digest.log").read_text().count("restored from a copy") == 91
