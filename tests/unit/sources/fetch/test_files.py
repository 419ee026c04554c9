import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from digest.model import Problem, Severity
from digest.sources import MAX_BYTES, find, load

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SETTLED = NOW - timedelta(seconds=10)


def put(path, text="x", seconds_ago=60.0):
    path.write_text(text)
    moment = (NOW - timedelta(seconds=seconds_ago)).timestamp()
    os.utime(path, (moment, moment))
    return path


def test_a_folder_gives_its_plain_files_in_order(tmp_path):
    b, a = put(tmp_path / "b.txt"), put(tmp_path / "a.md")
    put(tmp_path / ".hidden")
    (tmp_path / "deeper").mkdir()
    put(tmp_path / "deeper" / "c.txt")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")

    found = find(tmp_path, settle_before=None)

    assert (found.ready, found.waiting, found.problems) == ((a, b), (), ())


def test_a_file_changed_just_now_waits(tmp_path):
    old = put(tmp_path / "old.txt", seconds_ago=10.5)
    edge = put(tmp_path / "edge.txt", seconds_ago=10)
    new = put(tmp_path / "new.txt", seconds_ago=1)

    found = find(tmp_path, settle_before=SETTLED)

    assert (found.ready, found.waiting) == ((old,), (edge, new))
    assert find(tmp_path, settle_before=None).waiting == ()


def test_a_file_named_directly_never_waits(tmp_path):
    new = put(tmp_path / "new.txt", seconds_ago=0)
    assert find(new, settle_before=SETTLED).ready == (new,)


def test_a_glob_gives_the_files_it_matches(tmp_path):
    a, _, new = put(tmp_path / "a.txt"), put(tmp_path / "b.md"), put(tmp_path / "n.txt", seconds_ago=0)
    (tmp_path / "folder.txt").mkdir()

    found = find(tmp_path / "*.txt", settle_before=SETTLED)

    assert (found.ready, found.waiting, found.problems) == ((a,), (new,), ())


def test_a_file_with_a_bracket_in_its_name_is_not_taken_for_a_glob(tmp_path):
    odd = put(tmp_path / "page[1].txt")
    assert find(odd, settle_before=None).ready == (odd,)


def test_a_glob_without_files_is_only_a_note(tmp_path):
    (problem,) = find(tmp_path / "*.txt", settle_before=None).problems
    assert problem.severity is Severity.NOTE


@pytest.mark.parametrize("missing", ["nowhere.txt", "nowhere/*.txt", "nul\0byte", "x" * 5000])
def test_a_missing_place_is_a_problem_that_names_it(tmp_path, missing):
    found = find(tmp_path / missing, settle_before=None)

    assert found.ready == ()
    (problem,) = found.problems
    assert problem.severity is Severity.FATAL
    assert problem.where.startswith(str(tmp_path))


def test_a_file_gives_its_bytes_and_its_day_in_utc(tmp_path):
    path = tmp_path / "page.txt"
    path.write_bytes(b"a\r\nb\0")
    late = datetime(2026, 3, 12, 23, 59, 59, tzinfo=UTC).timestamp()
    os.utime(path, (late, late))

    assert load(path) == (b"a\r\nb\0", date(2026, 3, 12))


def test_a_file_of_just_the_limit_is_read(tmp_path):
    path = put(tmp_path / "page.txt", "x" * 100)

    assert load(path, max_bytes=100) == (b"x" * 100, date(2026, 11, 22))
    assert isinstance(load(path, max_bytes=99), Problem)


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)  # sparse: takes no room

    problem = load(path)

    assert isinstance(problem, Problem)
    assert (problem.where, problem.severity) == (str(path), Severity.FATAL)
    assert f"{MAX_BYTES:,}" in problem.what


def test_a_file_that_lies_about_its_size_is_read_no_further_than_the_limit():
    endless = Path("/proc/self/maps")  # says 0 bytes
    if not endless.exists():
        pytest.skip("no /proc here")
    problem = load(endless, max_bytes=10)

    assert isinstance(problem, Problem)
    assert problem.what.startswith("11 bytes")


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda path: path.mkdir(), "a folder"),
        (os.mkfifo, "a pipe"),
        (lambda path: path.symlink_to("/dev/zero"), "a device"),
        (lambda path: path.symlink_to(path), "symbolic links"),
        (lambda path: None, "No such file"),
    ],
)
def test_what_is_no_file_is_named_and_never_waited_for(tmp_path, make, kind):
    path = tmp_path / "page.txt"
    make(path)

    problem = load(path)

    assert isinstance(problem, Problem)
    assert problem.where == str(path)
    assert kind in problem.what


def test_a_file_that_may_not_be_read_says_so(tmp_path):
    path = put(tmp_path / "page.txt")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this account may read everything")
    problem = load(path)

    assert isinstance(problem, Problem)
    assert "denied" in problem.what


def test_a_nonsensical_time_still_gives_a_day(tmp_path):
    path = put(tmp_path / "page.txt")
    os.utime(path, (2**33, 2**33))

    loaded = load(path)

    assert not isinstance(loaded, Problem)
    assert loaded[1] == date(2242, 3, 16)
