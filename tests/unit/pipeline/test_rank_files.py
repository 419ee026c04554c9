import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Interest, Severity
from digest.pipeline import rank_files
from digest.pipeline.rank_files import distinct
from digest.store import Database
from tests.builders import NOON, paper
from tests.listings import add_in, listing

PAGE = """\
new

Get trending papers in your email inbox!

Subscribe

byAK and the research community

Nov 19

{title}

{abstract}
"""
SPEECH = ("Fast Speech Synthesis with Small Models", "We synthesise speech quickly. " * 12)
IMAGES = ("Image Segmentation for Everybody", "We cut images into their parts, and well. " * 9)


def page(*papers):
    first, *rest = papers
    text = PAGE.format(title=first[0], abstract=first[1])
    return text + "".join(f"\n{title}\n\n{abstract}\n" for title, abstract in rest)


# ── each paper once ───────────────────────────────────────────────────────────────────────────


def test_each_paper_is_there_once_with_ids_in_the_order_of_reading():
    found = distinct([listing(paper("B", "Short."), paper("A"), paper("b!", "Longer."))], NOON)

    assert [(p.id, p.paper.title) for p in found] == [(1, "B"), (2, "A")]
    assert found[0].paper.abstract == "Longer."
    assert {p.first_seen for p in found} == {NOON}


def test_papers_that_a_later_record_ties_become_one():
    papers = [
        paper("On T", arxiv_id="2607.00001"),
        paper("Other"),
        paper("T, in a journal", doi="10.1000/x"),
        paper("On T", arxiv_id="2607.00001", doi="10.1000/x"),
        paper("Last"),
    ]
    found = distinct([listing(*papers)], NOON)

    assert [p.paper.title for p in found] == ["On T", "Other", "Last"]
    assert len({p.id for p in found}) == 3
    assert found[0].keys == ("arxiv:2607.00001", "doi:10.1000/x", "title:2:ont", "title:2:tinajournal")


def test_no_papers_are_none():
    assert distinct([], NOON) == []


@pytest.fixture(scope="module")
def archive():
    found = Database(None)
    found.prepare()
    yield found
    found.close()


@st.composite
def papers(draw):
    number = draw(st.integers(1, 3))
    title = draw(st.sampled_from(["Attention", "EvTexture", "EvTexture++", "On Sleep"]))
    arxiv = f"2607.{number:05}" if draw(st.booleans()) else None
    doi = f"10.1000/{number}" if draw(st.booleans()) else None
    return paper(title, draw(st.sampled_from(["", "Short.", "Longer."])), arxiv_id=arxiv, doi=doi)


@settings(max_examples=50, deadline=None)
@given(read=st.lists(papers(), max_size=8))
def test_without_an_archive_the_same_papers_come_out_as_with_one(archive, read):
    with archive.rehearsal() as rehearsal, rehearsal.write() as transaction:
        add_in(transaction, listing(*read, day=NOON.date()))
        stored = [(s.known.paper.title, s.known.paper.abstract) for s in transaction.papers.search()]

    assert [(p.paper.title, p.paper.abstract) for p in distinct([listing(*read)], NOON)] == stored


# ── ranking files ─────────────────────────────────────────────────────────────────────────────


def ranked(paths, *interests, **choices):
    return rank_files(paths, [Interest(text=i) for i in interests], now=NOON, **choices)


def test_the_papers_of_all_files_are_ranked_together(tmp_path):
    (tmp_path / "a.txt").write_text(page(SPEECH, IMAGES))
    (tmp_path / "b.txt").write_text(page(SPEECH))

    found = ranked([tmp_path / "a.txt", tmp_path / "b.txt"], "speech synthesis")

    assert found.papers == 2
    assert [m.paper.paper.title for m in found.matches] == [SPEECH[0]]
    assert found.problems == ()


def test_a_folder_stands_for_its_files_and_the_limit_for_the_best(tmp_path):
    (tmp_path / "a.txt").write_text(page(SPEECH))
    (tmp_path / "b.txt").write_text(page(IMAGES))

    assert len(ranked([tmp_path], "speech", "image").matches) == 2
    assert len(ranked([tmp_path], "speech", "image", limit=1).matches) == 1


def test_what_cannot_be_read_is_a_problem_and_stops_nothing(tmp_path):
    (tmp_path / "a.txt").write_text(page(SPEECH))
    (tmp_path / "b.txt").write_bytes(b"\x00\x01\x02" * 500)

    found = ranked([tmp_path, tmp_path / "missing.txt"], "speech")

    assert len(found.matches) == 1
    assert [p.severity is not Severity.NOTE for p in found.problems] == [True, True]
    assert any("missing.txt" in p.where for p in found.problems)
