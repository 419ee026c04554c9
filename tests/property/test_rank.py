"""What must hold for any papers and interests."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from digest.model import Field, Interest, Reader
from digest.rank import SEND_LINE, Background, Ranker, explain, learn, muted, rank, rank_many, select
from tests.builders import NOON, known

WORDS = [
    "diffusion", "models", "model", "speech", "synthesis", "of", "the", "C++", "self-supervised", "RAG",
    "storage", "Schrödinger", "learning", "learned", "vision", "language,", "language.", "(LLM)",
]  # fmt: skip

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=25).map(" ".join) | st.text(max_size=60)
phrases = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
weights = st.floats(min_value=0.1, max_value=5)
fields = st.sampled_from([Field.ANYWHERE, Field.TITLE, Field.ABSTRACT, Field.AUTHOR, Field.ORGANIZATION])
wants = st.builds(Interest, text=phrases | st.text(max_size=20), weight=weights, field=fields)
mutes = st.builds(Interest, text=phrases, weight=weights.map(lambda w: -w), field=fields)
different = st.lists(wants | mutes, max_size=5, unique_by=lambda i: (i.text, i.field))
lines = st.sampled_from([0.0, 20.0, SEND_LINE])
readers = st.builds(Reader, interests=different.map(tuple))


@st.composite
def archives(draw):
    rows = draw(st.lists(st.tuples(texts, texts, st.lists(phrases, max_size=3)), min_size=1, max_size=6))
    papers = [
        known(
            id=n,
            title=title,
            abstract=abstract,
            authors=tuple(authors),
            organization=authors[0] if authors else None,
        )
        for n, (title, abstract, authors) in enumerate(rows, 1)
    ]
    background = Background.empty().updated(p.paper for p in papers[: draw(st.integers(0, len(papers)))])
    return papers, background


def own_points(papers, background, interest):
    return {m.paper.id: m.score for m in rank(papers, Reader(interests=(interest,)), background, NOON)}


@given(archives(), readers, st.randoms(use_true_random=False))
def test_the_order_of_the_papers_does_not_matter(archive, reader, chance):
    papers, background = archive
    shuffled = chance.sample(papers, len(papers))
    assert rank(shuffled, reader, background, NOON) == rank(papers, reader, background, NOON)


@given(archives(), readers)
def test_the_other_papers_of_the_day_do_not_matter(archive, reader):
    papers, background = archive
    for match in rank(papers, reader, background, NOON):
        assert match == explain(match.paper, reader, background, NOON)


@given(archives(), st.lists(readers, max_size=4), st.none() | st.integers(0, 4))
def test_many_readers_get_what_each_gets_alone(archive, several, limit):
    papers, background = archive
    alone = [rank(papers, reader, background, NOON, limit) for reader in several]
    assert rank_many(papers, several, background, NOON, limit) == alone


@given(archives(), readers, wants)
def test_adding_an_interest_leaves_the_points_of_the_others_and_lowers_no_paper(archive, reader, further):
    papers, background = archive
    assume((further.text, further.field) not in {(i.text, i.field) for i in reader.interests})
    more = replace(reader, interests=(*reader.interests, further))
    before = {m.paper.id: m for m in rank(papers, reader, background, NOON)}
    after = {m.paper.id: m for m in rank(papers, more, background, NOON)}
    for id_, old in before.items():
        new = after[id_]
        assert new.score >= old.score - 1e-9
        kept = [e for e in new.evidence if e.interest == old.interest]
        if new.interest == old.interest != further:
            assert kept == [e for e in old.evidence if e.interest == old.interest]


@given(archives(), st.lists(wants, min_size=1, max_size=5, unique_by=lambda i: (i.text, i.field)))
def test_a_score_follows_from_what_each_interest_says_alone(archive, interests):
    papers, background = archive
    alone = [own_points(papers, background, i) for i in interests]
    for match in rank(papers, Reader(interests=tuple(interests)), background, NOON):
        best = max(each.get(match.paper.id, 0.0) for each in alone)
        assert best - 1e-9 <= match.score <= 100
        assert (match.score >= SEND_LINE) == (best >= SEND_LINE)


@given(archives(), readers)
def test_evidence_adds_up_and_its_words_stand_where_it_says(archive, reader):
    papers, background = archive
    for known_paper in papers:
        match = explain(known_paper, reader, background, NOON)
        assert sum(e.points for e in match.evidence) == pytest.approx(match.score, abs=1e-6)
        assert 0 <= match.score <= 100
        for reason in match.evidence:
            texts = {
                Field.TITLE: known_paper.paper.title,
                Field.ABSTRACT: known_paper.paper.abstract,
                Field.AUTHOR: ", ".join(known_paper.paper.authors),
                Field.ORGANIZATION: known_paper.paper.organization,
            }
            assert reason.words
            marked = {" ".join(texts[reason.field][start:end].split()) for start, end in reason.spans}
            assert set(reason.words) <= marked
            assert list(reason.spans) == sorted(reason.spans)


@given(archives(), wants, st.sampled_from([str.upper, str.lower, str.title]), st.sampled_from("\n\t "))
def test_case_and_white_space_of_an_interest_do_not_matter(archive, interest, case, space):
    papers, background = archive
    interest = replace(interest, text=" ".join(w for w in interest.text.split(" ") if w.isascii()))
    written = replace(interest, text=f"{space}{case(interest.text).replace(' ', space * 2)}{space}")
    assert own_points(papers, background, written) == own_points(papers, background, interest)


@given(archives(), readers, st.sampled_from([str.upper, str.lower]), st.sampled_from(["\n", "   "]))
def test_case_and_white_space_of_a_paper_do_not_matter(archive, reader, case, space):
    papers, background = archive
    papers = [p for p in papers if (p.paper.title + p.paper.abstract).isascii()]
    written = [
        replace(
            p,
            paper=replace(p.paper, title=case(p.paper.title), abstract=p.paper.abstract.replace(" ", space)),
        )
        for p in papers
    ]
    scores = [m.score for m in rank(papers, reader, background, NOON)]
    assert [m.score for m in rank(written, reader, background, NOON)] == scores


@given(archives(), readers, mutes)
def test_a_mute_takes_out_what_holds_it_and_touches_nothing_else(archive, reader, mute):
    papers, background = archive
    quieter = replace(reader, interests=(*reader.interests, mute))
    before = rank(papers, reader, background, NOON)
    held = muted(papers, Reader(interests=(mute,)))
    assert rank(papers, quieter, background, NOON) == [m for m in before if m.paper.id not in held]
    for id_ in held:
        assert explain(papers[id_ - 1], quieter, background, NOON).score == 0


@given(archives(), readers, st.integers(0, 5))
def test_a_selection_loses_nothing_and_keeps_the_order(archive, reader, limit):
    papers, background = archive
    found = rank(papers, reader, background, NOON)
    chosen = select(found, line=SEND_LINE, limit=limit)
    above = [m for m in found if m.score >= SEND_LINE]
    assert len(chosen.picks) == min(limit, len(above))
    assert sorted([*chosen.picks, *chosen.cut], key=above.index) == above
    assert list(chosen.picks) == [m for m in above if m in chosen.picks]
    leading = {m.interest for m in above}
    assert len({m.interest for m in chosen.picks}) == min(limit, len(leading))


@given(archives(), readers, st.integers(0, 5), st.data())
def test_a_selection_of_different_papers_loses_nothing_whoever_waits(archive, reader, limit, data):
    papers, background = archive
    doubled = [*papers, *(replace(p, id=p.id + 100) for p in papers if data.draw(st.booleans()))]
    sent = data.draw(st.lists(st.sampled_from([p.paper for p in papers]), max_size=2))
    reader = replace(reader, sent_lately=tuple(sent))
    ranker = Ranker(doubled, background)
    found = ranker.matches(reader, line=SEND_LINE)
    (standings,) = ranker.standings([reader], line=SEND_LINE)
    chosen = ranker.select(standings, line=SEND_LINE, limit=limit)

    assert len(chosen.picks) == min(limit, len(found))
    cut = [m.paper.id for m in chosen.cut]
    assert sorted([*chosen.picks, *(m for m in found if m.paper.id in cut)], key=found.index) == found
    assert [(m.paper, m.score) for m in found if m.paper.id in cut] == [
        (m.paper, m.score) for m in chosen.cut
    ]
    leading = {m.interest for m in found}
    assert len({m.interest for m in chosen.picks}) == min(limit, len(leading))
    more = ranker.select(standings, line=SEND_LINE, limit=limit + 1)
    assert {m.paper.id for m in chosen.picks} <= {m.paper.id for m in more.picks}
    shuffled = Ranker(data.draw(st.permutations(doubled)), background)
    (others,) = shuffled.standings([reader], line=SEND_LINE)
    assert shuffled.select(others, line=SEND_LINE, limit=limit) == chosen


@given(archives(), readers, st.integers(0, 2), lines)
def test_a_standing_is_a_match_without_its_reasons(archive, reader, likes, line):
    papers, background = archive
    if likes:
        taste = learn([p.paper for p in papers[:likes]], [papers[-1].paper], background)
        reader = replace(reader, learned=taste.to_bytes() if taste else None)
    # somebody may state the same interest twice, and with another weight
    again = tuple(replace(i, weight=i.weight * factor) for i in reader.interests for factor in (1, 1, 2))
    for each in (reader, replace(reader, interests=(*reader.interests, *again))):
        ranker = Ranker(papers, background)
        (found,) = ranker.standings([each], line=line)
        expected = [(m.paper, m.score, m.interest) for m in ranker.matches(each, line=line)]
        assert [(s.paper, s.score, s.interest) for s in found.ranked] == expected


@settings(max_examples=50)
@given(st.lists(st.tuples(texts, texts), max_size=6), st.integers(0, 6))
def test_a_background_survives_bytes_and_grows_by_parts(rows, cut):
    papers = [known(title=title, abstract=abstract).paper for title, abstract in rows]
    whole = Background.empty().updated(papers)
    assert Background.from_bytes(whole.to_bytes()) == whole
    assert Background.empty().updated(papers[:cut]).updated(papers[cut:]) == whole
