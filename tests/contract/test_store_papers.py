"""What the archive of papers keeps to, whatever database holds it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from digest.model import Health, Paper, Problem, Severity
from digest.store import Reading
from tests.builders import NOON, paper
from tests.listings import add, add_in, listing

DAY = timedelta(days=1)


def only(found):
    (one,) = found
    return one


def everything(database, **wanted):
    with database.read() as transaction:
        return transaction.papers.search(**wanted)


def the_paper(database):
    return only(everything(database)).known


# ── new and known ─────────────────────────────────────────────────────────────────────────────


def test_every_fact_of_a_paper_comes_back(database):
    whole = Paper(
        title="Größe of 漢字 — a 'study'",
        abstract="Line one.\nLine two \N{ROCKET}.",
        authors=("Ada Lovelace", "O'Neil, J."),
        author_count=17,
        organization="CERN",
        arxiv_id="2607.01234",
        doi="10.1000/x",
        url="https://arxiv.org/abs/2607.01234",
        code_url="https://github.com/reader/code",
        project_url="https://reader.example/characters",
        stars=3,
        upvotes=0,
        comments=12,
        keywords=("diffusion", "speech"),
        summary="In one sentence.",
        published=date(2026, 7, 1),
        listed=date(2026, 7, 2),
    )

    add(database, whole)

    assert all(getattr(whole, name) is not None for name in Paper.__dataclass_fields__)
    assert the_paper(database).paper == whole


def test_what_is_unknown_stays_unknown(database):
    add(database, Paper(title="A title alone"), day=date(2026, 11, 18))

    found = the_paper(database)

    assert found.paper == Paper(title="A title alone", listed=date(2026, 11, 18))
    assert found.keys == ("title:2:atitlealone",)


def test_a_new_paper_has_its_moment_its_keys_strongest_first_and_one_listing(database):
    added = add(database, paper("T", doi="10.1000/x", arxiv_id="2607.01234v2"))

    found = the_paper(database)

    assert added.new == (found.id,)
    assert added.known == 0
    assert found.first_seen == NOON
    assert found.listings == 1
    assert found.keys == ("arxiv:2607.01234", "doi:10.1000/x", "title:2:t")


def test_a_paper_seen_again_is_known_keeps_its_first_moment_and_gains(database):
    first = add(database, paper("T", "Short.", arxiv_id="2607.01234", upvotes=9))
    again = add(database, paper("T, second edition", "Much longer.", arxiv_id="2607.01234v3"), now=NOON + DAY)

    found = the_paper(database)

    assert again.new == ()
    assert again.known == 1
    assert (found.id, found.first_seen, found.listings) == (first.new[0], NOON, 2)
    assert (found.paper.title, found.paper.abstract, found.paper.upvotes) == ("T", "Much longer.", 9)
    assert found.keys == ("arxiv:2607.01234", "title:2:t", "title:2:tsecondedition")


def test_the_source_s_own_text_is_kept_beside_the_readable_one(database):
    readable = paper("A 10% gain", "It is Größe.")
    one = listing(readable)
    raw = replace(one.records[0], raw_title="A 10\\% gain", raw_abstract='It is Gr\\"o{\\ss}e.')
    with database.write() as transaction:
        add_in(transaction, replace(one, records=(raw,)))

    stored = only(everything(database))

    assert (stored.raw_title, stored.raw_abstract) == ("A 10\\% gain", 'It is Gr\\"o{\\ss}e.')
    assert stored.known.paper.title == "A 10% gain"


def test_a_longer_abstract_brings_its_own_source_text(database):
    add(database, paper("T", "Short."))
    longer = listing(paper("T", "Much longer."))
    with database.write() as transaction:
        add_in(transaction, replace(longer, records=(replace(longer.records[0], raw_abstract="RAW"),)))

    stored = only(everything(database))

    assert (stored.raw_title, stored.raw_abstract) == ("T", "RAW")


def test_a_paper_twice_in_one_listing_is_one_paper_with_two_places(database):
    added = add(database, paper("T"), paper("Another"), paper("t."))

    stored = everything(database)

    assert [s.known.paper.title for s in stored] == ["T", "Another"]
    assert (len(added.new), added.known) == (2, 1)
    assert [s.position for s in stored[0].sightings] == [1, 3]
    assert stored[0].known.listings == 1


def test_sightings_say_where_when_and_at_which_place(database):
    add(database, paper("Other"), paper("T"), source="mornings", day=date(2026, 11, 19))
    add(database, paper("T"), source="evenings", now=NOON + DAY)

    stored = next(s for s in everything(database) if s.known.paper.title == "T")

    assert [(s.source, s.day, s.position, s.seen_at) for s in stored.sightings] == [
        ("mornings", date(2026, 11, 19), 2, NOON),
        ("evenings", date(2026, 11, 21), 1, NOON + DAY),
    ]


def test_an_empty_listing_adds_nothing(database):
    added = add(database)

    assert (added.new, added.known) == ((), 0)
    assert everything(database) == []


def test_more_papers_than_one_statement_may_name_are_added_and_found(database, monkeypatch):
    monkeypatch.setattr("digest.store.chunks.VALUES_PER_STATEMENT", 3)
    papers = [paper(f"Paper {n}", arxiv_id=f"2607.{n:05}") for n in range(10)]

    add(database, *papers)
    again = add(database, *papers, name="again.txt", fingerprint="other")

    stored = everything(database)
    assert (again.new, again.known) == ((), 10)
    assert [s.known.listings for s in stored] == [2] * 10
    assert [len(s.sightings) for s in stored] == [2] * 10


# ── one paper or two ──────────────────────────────────────────────────────────────────────────


BY_ARXIV = paper("On T", arxiv_id="2607.01234")
BY_DOI = paper("T, in a journal", "The journal's much longer abstract of the same work.", doi="10.1000/x")
BOTH = paper("On T", arxiv_id="2607.01234", doi="10.1000/x")


@pytest.fixture
def merged(database):
    """Two stored papers that a third listing tied: (database, id that stayed, id that became part)."""
    older = only(add(database, BY_ARXIV).new)
    younger = only(add(database, BY_DOI, now=NOON + DAY).new)
    added = add(database, BOTH, now=NOON + 2 * DAY)
    assert (added.new, added.known) == ((), 1)
    return database, older, younger


def test_two_papers_tied_by_a_second_key_become_the_older_one(merged):
    database, older, _ = merged

    found = the_paper(database)

    assert (found.id, found.first_seen, found.listings) == (older, NOON, 3)
    assert found.paper.abstract == BY_DOI.abstract
    assert set(found.keys) == {"arxiv:2607.01234", "doi:10.1000/x", "title:2:ont", "title:2:tinajournal"}


def test_an_absorbed_paper_is_found_by_all_its_names(merged):
    database, older, younger = merged
    with database.read() as transaction:
        papers = transaction.papers
        found = [
            *papers.by_ids([younger]),
            *papers.find_by_key("doi:10.1000/x"),
            *papers.find_by_key("title:2:tinajournal"),
            *papers.first_seen_between(NOON - DAY, NOON + 9 * DAY),
        ]
        listed = papers.listed_between(NOON - DAY, NOON + 9 * DAY)
        count = papers.count()

    assert [p.id for p in found] == [older] * 4
    assert [i for i, _ in listed] == [older] * 3
    assert count == 1


def test_a_listing_that_held_both_counts_once(database):
    add(database, BY_ARXIV, BY_DOI)
    add(database, BOTH, now=NOON + DAY)

    stored = only(everything(database))

    assert stored.known.listings == 2
    assert [s.position for s in stored.sightings] == [1, 2, 1]


def test_the_day_of_an_absorbed_paper_s_listing_finds_the_one_it_became(merged):
    database, older, _ = merged

    found = everything(database, day=(NOON + DAY).date())

    assert [s.known.id for s in found] == [older]


def test_papers_tied_within_one_listing_are_one_from_the_start(database):
    added = add(database, BY_ARXIV, BY_DOI, BOTH)

    assert len(added.new) == 1
    assert added.known == 2
    assert the_paper(database).listings == 1


def test_a_paper_absorbed_in_the_listing_that_brought_it_was_never_new(database):
    older = only(add(database, BY_ARXIV).new)

    added = add(database, BY_DOI, BOTH, now=NOON + DAY)

    assert (added.new, added.known) == ((), 2)
    assert (the_paper(database).id, the_paper(database).listings) == (older, 2)


def test_a_group_that_joins_another_leads_to_one_paper_by_every_id(database):
    first = only(add(database, paper("One", arxiv_id="2607.00001")).new)
    second = only(add(database, paper("Two", doi="10.1000/x")).new)
    third = only(add(database, paper("Three")).new)
    add(database, paper("Three", doi="10.1000/x"), now=NOON + DAY)
    add(database, paper("Two", doi="10.1000/x", arxiv_id="2607.00001"), now=NOON + 2 * DAY)

    with database.read() as transaction:
        by_each = [transaction.papers.by_ids([i]) for i in (first, second, third)]

    assert [[p.id for p in found] for found in by_each] == [[first]] * 3
    assert the_paper(database).listings == 5


def test_a_title_shared_by_different_ids_keeps_two_papers(database):
    add(database, paper("Attention", arxiv_id="2607.00001"))
    added = add(database, paper("Attention", arxiv_id="2607.00002"))

    with database.read() as transaction:
        holders = transaction.papers.find_by_key("title:2:attention")

    assert len(added.new) == 1
    assert [p.paper.arxiv_id for p in holders] == ["2607.00001", "2607.00002"]


def test_a_record_without_ids_does_not_tie_papers_that_share_its_title(database):
    add(database, paper("Attention", arxiv_id="2607.00001"), paper("Attention", arxiv_id="2607.00002"))

    added = add(database, paper("Attention"))

    assert (added.new, added.known) == ((), 1)
    assert len(everything(database)) == 2


def test_a_second_doi_makes_no_second_paper_of_one_arxiv_id(database):
    add(database, paper("T", arxiv_id="2607.00001", doi="10.1000/proceedings"))
    added = add(database, paper("T", arxiv_id="2607.00001", doi="10.1000/journal"))

    assert (added.new, added.known) == ((), 1)
    assert set(the_paper(database).keys) == {
        "arxiv:2607.00001",
        "doi:10.1000/proceedings",
        "doi:10.1000/journal",
        "title:2:t",
    }


def test_a_doi_that_different_arxiv_ids_name_keeps_two_papers(database):
    add(database, paper("One", arxiv_id="2607.00001", doi="10.1000/workshop"))
    added = add(database, paper("Two", arxiv_id="2607.00002", doi="10.1000/workshop"))

    assert len(added.new) == 1
    with database.read() as transaction:
        assert [p.paper.title for p in transaction.papers.find_by_key("doi:10.1000/workshop")] == ["One"]


def test_a_plus_makes_another_paper(database):
    add(database, paper("EvTexture"), paper("EvTexture++"))

    assert [s.known.paper.title for s in everything(database)] == ["EvTexture", "EvTexture++"]


def test_an_id_that_an_abstract_mentions_ties_nothing(database):
    add(database, paper("Ours", "We extend arXiv:2607.00001 and doi:10.1000/x."))
    added = add(database, paper("Theirs", arxiv_id="2607.00001", doi="10.1000/x"))

    assert len(added.new) == 1
    assert len(everything(database)) == 2


# ── finding ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def shelf(database):
    add(
        database,
        paper("Speech Synthesis", "A study of vocoders."),
        paper("Gains of 10% on snake_case", "Nothing else."),
        paper("A path\\to truth", "Diffusion of speech."),
        day=date(2026, 11, 19),
    )
    add(database, paper("Later work", "Diffusion again."), now=NOON + DAY)
    return database


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("speech", ["Speech Synthesis", "A path\\to truth"]),
        ("SPEECH vocoder", ["Speech Synthesis"]),
        ("vocoders  synthesis", ["Speech Synthesis"]),
        ("speech again", []),
        ("10%", ["Gains of 10% on snake_case"]),
        ("1%0", []),
        ("%", ["Gains of 10% on snake_case"]),
        ("_", ["Gains of 10% on snake_case"]),
        ("snake?case", []),
        ("\\", ["A path\\to truth"]),
        ("'", []),
        ("' OR 1=1 --", []),
    ],
)
def test_search_finds_what_holds_all_words_letter_by_letter(shelf, words, titles):
    assert [s.known.paper.title for s in everything(shelf, words=words)] == titles


def test_search_without_words_finds_everything(shelf):
    assert len(everything(shelf)) == len(everything(shelf, words="  ")) == 4


def test_search_by_day_and_by_first_sight(shelf):
    assert [s.known.paper.title for s in everything(shelf, day=(NOON + DAY).date())] == ["Later work"]
    assert [s.known.paper.title for s in everything(shelf, since=NOON + DAY)] == ["Later work"]
    assert [s.known.paper.title for s in everything(shelf, day=date(2026, 11, 19), words="diffusion")] == [
        "A path\\to truth"
    ]
    assert everything(shelf, day=date(2025, 1, 1)) == []


@pytest.mark.parametrize(
    ("start", "count"), [("speech", 1), ("SPEECH SYN", 1), ("synthesis", 0), ("%", 0), ("Gains of 10%", 1)]
)
def test_a_paper_is_found_by_the_start_of_its_title(shelf, start, count):
    with shelf.read() as transaction:
        assert len(transaction.papers.find_by_title(start, 6)) == count


def test_finding_by_title_stops_at_its_limit(shelf):
    with shelf.read() as transaction:
        assert len(transaction.papers.find_by_title("", 3)) == 3


def test_an_unknown_key_finds_nothing(shelf):
    with shelf.read() as transaction:
        assert transaction.papers.find_by_key("arxiv:2607.09999") == []
        assert transaction.papers.by_ids([]) == []
        assert transaction.papers.by_ids([999]) == []


def test_a_period_ends_with_its_last_moment_and_begins_after_its_first(shelf):
    with shelf.read() as transaction:
        seen = transaction.papers.first_seen_between
        listed = transaction.papers.listed_between

        assert len(seen(NOON - DAY, NOON)) == 3
        assert [p.paper.title for p in seen(NOON, NOON + DAY)] == ["Later work"]
        assert [moment for _, moment in listed(NOON, NOON + DAY)] == [NOON + DAY]


def test_papers_after_an_id_come_with_their_ids_in_order(shelf):
    with shelf.read() as transaction:
        everything_ = transaction.papers.after(0)
        ids = [paper_id for paper_id, _ in everything_]
        rest = transaction.papers.after(ids[-2])
        nothing = transaction.papers.after(ids[-1])
        some = transaction.papers.after(0, 3)
        counts = [transaction.papers.count_after(i) for i in (0, ids[0], ids[-1])]

    assert ids == sorted(ids)
    assert len(everything_) == 4
    assert [p.title for _, p in rest] == ["Later work"]
    assert (some, nothing) == (everything_[:3], [])
    assert counts == [4, 3, 0]


def test_papers_that_came_after_one_are_found_by_id_whatever_the_clock_said(shelf):
    add(shelf, paper("Clock set back"), now=NOON - DAY)
    with shelf.read() as transaction:
        papers = transaction.papers
        third = papers.find_by_title("A path", 1)[0].id
        newer = papers.added_after(third, not_before=NOON - 9 * DAY)
        recent = papers.added_after(third, not_before=NOON)
        newest = papers.newest_id()

    assert [p.paper.title for p in newer] == ["Later work", "Clock set back"]
    assert [p.paper.title for p in recent] == ["Later work"]
    assert newest == newer[-1].id


def test_an_empty_archive_has_no_newest_paper(database):
    with database.read() as transaction:
        assert transaction.papers.newest_id() == 0
        assert transaction.papers.count() == 0
        assert transaction.papers.after(0) == []


def test_each_id_leads_to_the_paper_it_is_now(merged):
    database, older, younger = merged
    with database.read() as transaction:
        assert transaction.papers.roots([younger, older, 999]) == {younger: older, older: older}


# ── listings and readings ─────────────────────────────────────────────────────────────────────


LOST = Problem(where="monday.txt:9", what="no abstract", severity=Severity.LOST)


def test_the_same_bytes_are_recognised_whatever_the_file_is_called(database):
    one = listing(paper("T"), name="monday.txt")
    add(database, paper("T"), name="monday.txt")

    with database.read() as transaction:
        assert transaction.listings.find_whole(one.fingerprint, 1) is not None
        assert transaction.listings.find_whole(one.fingerprint, 2) is None
        assert transaction.listings.find_whole("other bytes", 1) is None


def test_bytes_that_lost_records_are_read_again_as_the_same_listing(database):
    one = listing(paper("T"), problems=(LOST,))
    with database.write() as transaction:
        first = transaction.listings.put(one, source="dumps", day=NOON.date(), read_at=NOON)
        add_in(transaction, one)
    with database.write() as transaction:
        whole = transaction.listings.find_whole(one.fingerprint, 1)
        again = transaction.listings.put(one, source="dumps", day=NOON.date(), read_at=NOON + DAY)
        added = add_in(transaction, one, now=NOON + DAY)

    stored = only(everything(database))
    assert whole is None
    assert again == first
    assert (added.new, added.known) == ((), 1)
    assert len(stored.sightings) == 1
    assert stored.known.listings == 1


def test_another_reader_version_makes_another_listing_of_the_same_papers(database):
    add(database, paper("T"))
    added = add(database, paper("T"), reader_version=2, now=NOON + DAY)

    assert (added.new, added.known) == ((), 1)


def reading(**facts):
    values = {
        "source": "dumps",
        "name": "monday.txt",
        "read_at": NOON,
        "day": NOON.date(),
        "health": Health.OK,
        "records": 2,
        "new": 1,
        "problems": (),
    }
    return Reading(**(values | facts))


def note(database, *readings, listing_id=None):
    with database.write() as transaction:
        for one in readings:
            transaction.listings.note(one, listing_id)
    with database.read() as transaction:
        return transaction.listings.readings_between(NOON - 9 * DAY, NOON + 9 * DAY)


def test_a_reading_comes_back_with_its_problems(database):
    hint = Problem(where="größe.txt", what="no page date", severity=Severity.NOTE)
    one = reading(problems=(LOST, hint), health=Health.PARTIAL)

    assert note(database, one) == [one]


@pytest.mark.parametrize("known", [True, False], ids=["read", "unreadable"])
def test_a_file_read_again_and_again_is_noted_once_a_day(database, known):
    listing_id = None
    if known:
        with database.write() as transaction:
            one = listing(paper("T"))
            listing_id = transaction.listings.put(one, source="dumps", day=NOON.date(), read_at=NOON)

    found = note(
        database,
        reading(),
        reading(read_at=NOON + timedelta(hours=1)),
        reading(read_at=NOON + timedelta(hours=2), new=0),
        reading(read_at=NOON + DAY, new=0),
        listing_id=listing_id,
    )

    assert [r.read_at for r in found] == [NOON + timedelta(hours=2), NOON + DAY]


@pytest.mark.parametrize(
    "other", [{"name": "tuesday.txt"}, {"source": "feeds"}, {"health": Health.BROKEN}], ids=str
)
def test_what_differs_is_a_reading_of_its_own(database, other):
    assert len(note(database, reading(), reading(**other))) == 2


def test_readings_of_a_period_come_oldest_first(database):
    note(database, reading(read_at=NOON + DAY), reading(read_at=NOON))

    with database.read() as transaction:
        whole = transaction.listings.readings_between(NOON - DAY, NOON + DAY)
        later = transaction.listings.readings_between(NOON, NOON + DAY)

    assert [r.read_at for r in whole] == [NOON, NOON + DAY]
    assert [r.read_at for r in later] == [NOON + DAY]


def test_what_is_known_of_the_listings_as_a_whole(database):
    with database.read() as transaction:
        assert transaction.listings.latest_new() is None
        assert transaction.listings.read_days() == []
        assert transaction.listings.per_source() == []
    add(database, paper("T"), day_label="Mar 12")
    add(database, paper("U"), day_label="Mar 12")
    add(database, paper("V"), now=NOON + DAY, day_label="Mar 13")
    note(database, reading(), reading(source="feeds", read_at=NOON + DAY, day=(NOON + DAY).date()))

    with database.read() as transaction:
        listings = transaction.listings
        assert listings.latest_new() == NOON + DAY
        assert listings.read_days() == [(NOON + DAY).date(), NOON.date()]
        assert listings.labels_on(NOON.date()) == ["Mar 12"]
        assert listings.labels_on(date(2025, 1, 1)) == []
        states = {s.source: (s.last_good, s.newest_day, s.health) for s in listings.per_source()}
        assert states == {
            "dumps": (NOON, NOON.date(), Health.OK),
            "feeds": (NOON + DAY, (NOON + DAY).date(), Health.OK),
        }


def test_a_source_that_fails_is_not_shown_as_fresh(database):
    lost = Problem(where="inbox", what="no such folder", severity=Severity.FATAL)
    broken = reading(read_at=NOON + DAY, day=(NOON + DAY).date(), health=Health.BROKEN, problems=(lost,))
    note(database, reading(), broken)

    with database.read() as transaction:
        (state,) = transaction.listings.per_source()

    assert (state.last_good, state.newest_day) == (NOON, NOON.date())
    assert (state.health, state.problem) == (Health.BROKEN, "inbox: no such folder")
