import pytest

from digest.cli.terminal import complain, say, table

ACTING = "\x1b[31mred\x1b]0;title\x07\u202e"


def test_a_table_shows_every_row_and_lets_nothing_act(capsys):
    table(("name", "papers"), [(f"[bold]{ACTING}[/]", 3), (None, 12)])

    out = capsys.readouterr().out
    assert not set(out) & set("\x1b\x07\u202e")
    assert "[bold]" in out
    assert [line.split()[-1] for line in out.splitlines()] == ["papers", "3", "12"]


def test_numbers_stand_to_the_right_and_words_to_the_left(capsys):
    table(("name", "papers"), [("a", 3), ("bb", 12)])

    heading, first, second = capsys.readouterr().out.splitlines()
    assert first.index("3") == second.index("2") == heading.index("s")
    assert first.startswith("a ")


def test_a_long_word_is_never_lost(capsys):
    title = " ".join(f"word{n}" for n in range(80))
    table(("title",), [(title,)], wide=("title",))

    assert capsys.readouterr().out.split()[1:] == title.split()


def test_an_empty_table_has_its_heading(capsys):
    table(("name", "papers"), [])

    assert capsys.readouterr().out.split() == ["name", "papers"]


def test_a_terminal_is_shown_the_same_cells(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    rows = [(f"[bold]{ACTING}[/]", "漢字", 3), (None, "x", 12)]
    table(("name", "script", "papers"), rows)
    plain = [line.split() for line in capsys.readouterr().out.splitlines()]

    monkeypatch.setattr("digest.cli.terminal.someone_watches", lambda: True)
    table(("name", "script", "papers"), rows)
    drawn = capsys.readouterr().out
    assert [line.split() for line in drawn.splitlines()] == plain
    assert not set(drawn) & set("\x1b\x07\u202e")


def test_columns_stay_in_line_below_wide_characters(capsys):
    table(("title", "key"), [("漢字かな", "b"), ("a", "c"), ("e\N{COMBINING ACUTE ACCENT}", "d")])

    assert [line.replace("漢字かな", "12345678").replace("\u0301", "") for line in out_lines(capsys)] == [
        "title     key",
        "12345678  b",
        "a         c",
        "e         d",
    ]


def out_lines(capsys):
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("line", [f"one\n{ACTING}two", "größe"])
def test_a_complaint_is_one_safe_line_on_the_other_stream(capsys, line):
    complain(line)

    seen = capsys.readouterr()
    assert seen.out == ""
    assert seen.err.startswith("digest: ")
    assert seen.err.count("\n") == 1
    assert not set(seen.err) & set("\x1b\x07\u202e")


def test_a_line_is_said_on_standard_output(capsys):
    say("papers  3")

    assert capsys.readouterr() == ("papers  3\n", "")
