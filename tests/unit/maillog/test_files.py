import bz2
import gzip
import io
import lzma
from datetime import UTC
from pathlib import Path

import pytest
import zstandard

from digest.errors import UsageError
from digest.maillog import Stamps, open_log, read_logs
from digest.maillog.following import Follower
from tests.builders import NOON

LINES = [b"line %d of a log" % n for n in range(50_000)]
WHOLE = b"\n".join(LINES) + b"\n"
PACKERS = {
    "plain": bytes,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.compress,
    "two gzip files in one": lambda data: gzip.compress(data[:100_000]) + gzip.compress(data[100_000:]),
}


def lines_of(log):
    try:
        return [line for some in log.lines() for line in some]
    finally:
        log.close()


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS.keys())
def test_a_log_is_read_whole_however_it_is_packed(tmp_path, pack):
    path = tmp_path / "mail.log"
    path.write_bytes(pack(WHOLE))

    assert lines_of(open_log(path)) == LINES
    assert lines_of(open_log(Path("-"), io.BufferedReader(io.BytesIO(pack(WHOLE))))) == LINES


def test_looking_at_the_first_lines_takes_none_of_them_away(tmp_path):
    path = tmp_path / "mail.log"
    path.write_bytes(WHOLE)
    log = open_log(path)

    assert log.first_lines()[0] == LINES[0]
    assert lines_of(log) == LINES


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gzip", "bzip2", "xz"])
def test_a_packed_log_that_is_cut_off_is_read_until_there_and_says_so(tmp_path, pack):
    path = tmp_path / "mail.log"
    packed = pack(WHOLE)
    path.write_bytes(packed[: len(packed) * 3 // 4])
    log = open_log(path)
    found = lines_of(log)

    # of the last line only a part may be there
    assert found[:-1] == LINES[: max(len(found) - 1, 0)]
    assert "it was read until there" in log.problem


def test_a_log_that_is_not_there_is_named(tmp_path):
    for path in (tmp_path / "none.log", tmp_path):
        with pytest.raises(UsageError, match=str(path)):
            open_log(path)
    with pytest.raises(UsageError, match="standard input is closed"):
        open_log(Path("-"))


class Endless(io.RawIOBase):
    """Gigabytes of one line, then a good one."""

    def __init__(self, size):
        self.left = size

    def read(self, size=-1):
        if self.left <= 0:
            tail, self.left = (b"\nthe end\n", -1) if self.left == 0 else (b"", -1)
            return tail
        self.left -= min(size, self.left)
        return b"x" * size


def test_a_line_without_an_end_takes_no_memory():
    found = lines_of(open_log(Path("-"), Endless(1 << 30)))

    assert len(found) == 2
    assert len(found[0]) < 1 << 20
    assert found[1] == b"the end"


def test_the_mails_of_strangers_take_no_memory_either():
    follower = Follower({"<mine@digest.example>"}, {"digest.example"})
    mine = [
        b"Nov 20 07:00:01 mx postfix/smtpd[9]: 1FC8020C44A: client=x",
        b"Nov 20 07:00:01 mx postfix/cleanup[9]: 1FC8020C44A: message-id=<mine@digest.example>",
    ]
    for line in mine:
        follower.read(line)
    for number in range(30_000):
        follower.read(b"Nov 20 07:00:02 mx postfix/smtpd[%d]: %011X: client=x" % (number, number))
        follower.read(
            b"Nov 20 07:00:02 mx postfix/cleanup[8]: %011X: message-id=<%d@x.example>" % (number, number)
        )

    assert len(follower._lives) <= 20_000
    assert len(follower._receiving) <= 20_000
    assert list(follower.traces) == ["<mine@digest.example>"]
    # and mine is not forgotten over them
    follower.read(
        b"Nov 20 07:00:03 mx postfix/qmgr[9]: 1FC8020C44A: from=<a>, size=1, nrcpt=1 (queue active)"
    )
    assert follower.traces["<mine@digest.example>"][0].taken == b"Nov 20 07:00:03"


def test_it_is_asked_which_mails_are_ours_until_one_is(tmp_path):
    path = tmp_path / "mail.log"
    path.write_bytes(
        b"".join(
            b"Nov 20 07:00:02 mx postfix/cleanup[8]: %011X: message-id=<%d@digest.example>\n" % (n, n)
            for n in range(20_000)
        )
    )
    asked = []

    def is_ours(others):
        asked.append(len(others))
        return len(asked) == 2

    log = open_log(path)
    found = read_logs(
        [log], {"<m@digest.example>"}, stamps=Stamps(NOON, UTC), domains={"digest.example"}, is_ours=is_ours
    )
    log.close()

    assert found.ours
    assert len(asked) == 2
    assert found.lines == 20_000
