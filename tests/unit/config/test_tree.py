import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from digest.config.tree import read_tree


def value(text):
    tree = read_tree(text)
    assert tree.mistakes == []
    return tree.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("07:00", "07:00"),
        ("7:00", "7:00"),
        ("12:30:45", "12:30:45"),
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("No", "No"),
        ("true", True),
        ("False", False),
        ("trueish", "trueish"),
        ("12", 12),
        ("-3", -3),
        ("010", 10),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("12a", "12a"),
        ("1.2.3", "1.2.3"),
        ("2026-11-20", "2026-11-20"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        (".inf", ".inf"),
        ("nullable", "nullable"),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ("9" * 5000, "9" * 5000),
        ("C#", "C#"),
    ],
)
def test_plain_words_mean_what_they_look_like(text, expected):
    found = value(f"key: {text}")["key"]
    assert found == expected
    assert type(found) is type(expected)


def test_a_key_called_on_stays_a_key():
    assert value("on: fri") == {"on": "fri"}


@pytest.mark.parametrize("nothing", ["", "~", "null", "# a comment"])
def test_a_key_without_value_counts_as_not_written(nothing):
    assert value(f"a: {nothing}\nb: 1") == {"b": 1}


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n"])
def test_an_empty_text_holds_nothing(text):
    assert value(text) is None


def test_lines_are_kept():
    tree = read_tree("a: 1\n\nb:\n  - x\n  # comment\n  - c: 2\n    d: 3\n")
    assert tree.places.lines[("a",)] == 1
    assert tree.places.lines[("b", 0)] == 4
    assert tree.places.lines[("b", 1)] == 6
    assert tree.places.lines[("b", 1, "d")] == 7
    assert tree.places.line(("b", 1, "missing")) == 6


def test_a_key_given_twice_is_told_with_both_lines():
    tree = read_tree("a: 1\nb: 2\na: 3\n")
    assert [str(m) for m in tree.mistakes] == ['line 3: "a" is given twice, first in line 1']
    assert tree.value == {"a": 1, "b": 2}


def test_a_synonym_counts_as_the_key_it_stands_for():
    tree = read_tree("subscribers:\n  - keywords: [a]\n    interests: [b]\n")
    assert tree.value == {"subscribers": [{"interests": ["a"]}]}
    assert [m.line for m in tree.mistakes] == [3]


def test_aliases_are_refused_so_that_they_cannot_grow():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    tree = read_tree("\n".join(lines))
    assert len(tree.mistakes) == 8 * 9
    assert "aliases" in str(tree.mistakes[0])


def test_a_value_that_holds_itself_ends():
    assert "aliases" in str(read_tree("a: &a [*a]").mistakes[0])


@pytest.mark.parametrize(
    "tagged", ["!!python/object/apply:os.system [ls]", "!mine x", "!!binary aGk=", "!mine {a: b}", "!!int 3"]
)
def test_tags_build_nothing(tagged):
    (mistake,) = read_tree(f"a: {tagged}").mistakes
    assert "tag" in str(mistake)


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("a: b: c\n", "line 1", "in quotes"),
        ("a: 1\n\tb: 2\n", "line 2", "blanks, not with tabs"),
        ("a: 1\nb: [1, 2\n", "line", "as YAML"),
        ("a: @b\n", "line 1", "in quotes"),
        ("a: 1\n---\nb: 2\n", "line", "as YAML"),
        ("? [a]\n: b\n", "line 1", "plain word"),
        ("a: \0\n", "", "as YAML"),
    ],
)
def test_broken_yaml_is_placed_and_explained(text, place, hint):
    (mistake,) = read_tree(text).mistakes
    assert place in str(mistake)
    assert hint in str(mistake)


def test_deep_nesting_is_a_mistake():
    for text in (
        "[" * 100_000,
        "- " * 100_000,
        "{a: " * 100_000,
        "\n".join("  " * n + "a:" for n in range(2000)),
    ):
        (mistake,) = read_tree(text).mistakes
        assert "nested too deeply" in str(mistake)


@given(st.text(max_size=80))
def test_any_text_is_read_or_explained(text):
    tree = read_tree(text)
    assert all(str(m) for m in tree.mistakes)


VALUES = st.recursive(
    st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_quoted_text_is_read_back(values):
    assert value(yaml.safe_dump({"key": values}, default_style='"')) == {"key": values}
