import pytest

from benchmarks.beginning import TARGET, counted
from digest.rank import Background, beginning
from digest.rank.archive.beginning import parse, write
from tests.builders import paper

PAPERS = [paper(f"Speech {n}", "We study speech and vocoders.") for n in range(2_500)]


def test_the_packaged_statistics_are_those_of_the_example_dumps():
    assert TARGET.read_text("utf-8") == counted()
    assert TARGET.stat().st_size < 150_000


def test_written_statistics_are_read_again_without_the_rarest_words():
    statistics = Background.empty().updated([paper("Speech", "twice here"), paper("Speech twice", "")])
    again = parse(write(statistics))

    assert again.frequencies == {"speech": 2, "twice": 2}
    assert (again.papers, again.title_words, again.abstract_words) == (2, 3, statistics.abstract_words)
    assert write(again) == write(statistics)


def test_the_first_day_knows_which_words_are_ordinary():
    first = Background.empty().after(beginning())

    assert first.rarity("model") < first.rarity("diffus") < first.rarity("zyzzyva")
    assert first.share("model") > 0.5 > first.share("zyzzyva")
    assert first.rarities(["model", "diffus", "zyzzyva"]) == pytest.approx(
        [first.rarity(stem) for stem in ("model", "diffus", "zyzzyva")]
    )
    assert 6 < first.title_length < 12
    assert first.papers == 0


def test_the_beginning_fades_as_the_archive_grows():
    grown = [Background.empty().updated(PAPERS[:count]) for count in (0, 100, 1_000, 2_500)]
    adds = [each.after(beginning()).share("model") - each.share("model") for each in grown]
    others = [paper(f"Other {n}", "speech") for n in range(2_500)]
    old, alone = grown[-1].after(beginning()).updated(others), grown[-1].updated(others)

    assert adds == sorted(adds, reverse=True)
    assert adds[0] > 0.5
    assert 0 < adds[-1] < 0.05
    assert grown[-1].is_young
    assert not old.is_young
    assert old.rarity("model") == alone.rarity("model")
    assert (old.title_length, old.abstract_length) == (alone.title_length, alone.abstract_length)


def test_a_beginning_is_neither_counted_nor_packed():
    statistics = Background.empty().updated(PAPERS[:3])
    begun = statistics.after(beginning())

    assert begun == statistics
    assert begun.to_bytes() == statistics.to_bytes()
    assert begun.updated(PAPERS[3:5]).beginning is beginning()
    assert Background.from_bytes(begun.to_bytes()).beginning is None


def test_a_beginning_of_nothing_changes_nothing():
    statistics = Background.empty().updated(PAPERS[:3])

    assert statistics.after(Background.empty()).rarity("speech") == statistics.rarity("speech")
    assert statistics.after(Background.empty()).title_length == statistics.title_length
