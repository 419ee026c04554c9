import pytest

from digest import pipeline, rank
from digest.errors import NotFoundError, UsageError
from digest.model import Interest, Opinion, Origin, Preferences, SubscriberStatus
from digest.pipeline import learning, subscribing
from digest.pipeline.drafting import readers_of
from tests.builders import NOON, paper
from tests.listings import add

LIKE, DISLIKE = Opinion.LIKE, Opinion.DISLIKE
PAPERS = [
    paper("Fast Speech Synthesis", "We synthesise speech with vocoders.", arxiv_id="2611.00001"),
    paper("Slow Speech Recognition", "We recognise speech without vocoders.", doi="10.1000/slow"),
    paper("Image Segmentation", "Pixels are cut into parts."),
    paper("Image Segmentation of Roads", "Pixels of roads are cut into parts."),
    paper("2611", "A number for a title."),
]


def join(database, name):
    with database.write() as transaction:
        return subscribing.subscribe(
            transaction,
            subscribing.Wish(
                name=name,
                address=f"{name}@reader.example",
                preferences=Preferences(),
                interests=(Interest(text="speech"),),
            ),
            origin=Origin.COMMAND,
            now=NOON,
        )


@pytest.fixture
def ann(database):
    """The only subscriber, before an archive of five papers."""
    add(database, *PAPERS)
    return join(database, "ann")


def kept(database, who=1):
    with database.read() as transaction:
        packed = transaction.learned.get(who)
        given = [(f.paper.title, f.opinion.value) for f in transaction.feedback.of(who)]
    return given, rank.Taste.from_bytes(packed.data) if packed else None


def words(taste):
    return [word for word, weight in taste.weights if weight > 0]


# ── which paper, and whose opinion ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2611.00001", 1),
        ("https://arxiv.org/abs/2611.00001v3", 1),
        ("arxiv:2611.00001", 1),
        ("https://doi.org/10.1000/slow", 2),
        ("title:2:imagesegmentation", 3),
        ("3", 3),
        ("2611", 5),
        ("image segmentation", 3),
        ("IMAGE SEGMENTATION OF", 4),
        ("recognition", 2),
        ("  synthesis ", 1),
    ],
)
def test_a_paper_is_found_by_any_of_its_names(database, ann, text, number):
    with database.read() as transaction:
        assert pipeline.find_paper(transaction, text).id == number


@pytest.mark.parametrize("text", ["2611.99999", "10.1000/none", "99", "no such words", "", "  ", "%"])
def test_a_paper_that_is_not_there_is_named(database, ann, text):
    with database.read() as transaction, pytest.raises(NotFoundError, match="no stored paper"):
        pipeline.find_paper(transaction, text)


def test_a_part_of_several_titles_lists_them_and_notes_nothing(database, ann):
    with pytest.raises(UsageError) as raised:
        learning.opine(database, ["2611.00001", "speech"], LIKE, now=NOON)

    assert "Fast Speech Synthesis" in str(raised.value)
    assert "Slow Speech Recognition" in str(raised.value)
    assert "Image" not in str(raised.value)
    assert kept(database) == ([], None)


def test_the_last_word_is_a_subscriber_s_name_or_address(database, ann):
    ben = join(database, "ben")
    for last in ("ben", "BEN@reader.example"):
        report = learning.opine(database, ["2611.00001", last], LIKE, now=NOON)
        assert report.subscriber.id == ben.id

    with pytest.raises(NotFoundError, match="2 subscribers"):
        learning.opine(database, ["2611.00001"], LIKE, now=NOON)
    with pytest.raises(NotFoundError, match=r"no subscriber has the address 'cleo@reader\.example'"):
        learning.opine(database, ["2611.00001", "cleo@reader.example"], LIKE, now=NOON)
    with pytest.raises(UsageError, match="name a paper"):
        learning.opine(database, ["ben"], LIKE, now=NOON)
    assert kept(database, 1) == ([], None)


# ── liking, disliking, taking back ────────────────────────────────────────────────────────────


def test_likes_and_dislikes_are_learned_from_at_once(database, ann):
    first = learning.opine(database, ["2611.00001", "recognition"], LIKE, now=NOON)
    second = learning.opine(database, ["of roads"], DISLIKE, now=NOON)

    assert (first.given.new, first.titles) == (2, ("Fast Speech Synthesis", "Slow Speech Recognition"))
    assert (second.likes, second.dislikes, second.exit_code) == (2, 1, 0)
    given, taste = kept(database)
    assert [opinion for _, opinion in given] == ["like", "like", "dislike"]
    assert (taste.likes, taste.dislikes) == (2, 1)
    weights = dict(taste.weights)
    assert weights["speech"] > 0 > weights["road"]


def test_the_same_again_changes_nothing_and_the_contrary_does(database, ann):
    learning.opine(database, ["synthesis"], LIKE, now=NOON)
    before = kept(database)
    again = learning.opine(database, ["2611.00001", "synthesis"], LIKE, now=NOON)
    assert (again.given.new, again.given.known, kept(database)) == (0, 1, before)

    other = learning.opine(database, ["synthesis"], DISLIKE, now=NOON)
    assert (other.given.changed, other.likes, other.dislikes) == (1, 0, 1)


def test_an_opinion_is_taken_back_by_a_part_of_the_title_among_those_given(database, ann):
    learning.opine(database, ["synthesis"], LIKE, now=NOON)
    learning.opine(database, ["of roads"], DISLIKE, now=NOON)
    report = learning.take_back(database, ["speech", "recognition"], now=NOON)

    assert (report.taken_back, report.given.known, report.opinion) == (1, 1, None)
    assert kept(database)[0] == [("Image Segmentation of Roads", "dislike")]
    learning.take_back(database, ["4"], now=NOON)
    assert kept(database) == ([], None)
    with pytest.raises(NotFoundError):
        learning.take_back(database, ["nothing like it"], now=NOON)


# ── libraries ─────────────────────────────────────────────────────────────────────────────────

LIBRARY = """@article{a, title={Fast Speech Synthesis}, eprint={2611.00001}}
@article{b, title={On Sleep}, abstract={We study sleep and dreams.}, doi={10.1000/sleep}}
@misc{c, doi={10.1000/unknown}}
@misc{d, year=2020}
"""


@pytest.fixture
def library(tmp_path):
    path = tmp_path / "refs.bib"
    path.write_text(LIBRARY)
    return path


def test_a_library_is_liked_and_what_the_archive_lacks_is_learned_from_the_file(database, ann, library):
    report = learning.learn_library(database, "ann", library, now=NOON)

    assert (report.given.new, report.likes, report.opinion) == (2, 2, LIKE)
    assert report.not_found == ("refs.bib:3",)
    assert [(p.where, "entry d" in p.what) for p in report.problems] == [("refs.bib:4", True)]
    assert report.exit_code == 4
    assert {"sleep", "speech"} <= set(words(report.taste))
    again = learning.learn_library(database, "ann", library, now=NOON)
    assert (again.given.new, again.given.known, again.taste) == (0, 2, report.taste)


def test_what_came_into_the_archive_since_is_found_the_next_time(database, ann, library):
    learning.learn_library(database, "ann", library, now=NOON)
    add(
        database,
        paper("Unknown No More", "Now with words about lullabies.", doi="10.1000/unknown"),
        paper("On Sleep", "Longer words about nightmares.", doi="10.1000/sleep"),
    )
    report = learning.learn_library(database, "ann", library, now=NOON)

    assert (report.given.new, report.given.known, report.not_found) == (1, 2, ())
    assert {"lullabi", "nightmar"} <= set(words(report.taste))
    assert "dream" not in dict(report.taste.weights)


def test_a_paper_that_only_a_library_knows_is_taken_back_by_its_title(database, ann, library):
    learning.learn_library(database, "ann", library, now=NOON)
    report = learning.take_back(database, ["on sleep", "2611.00001"], now=NOON)

    assert (report.taken_back, report.likes) == (2, 0)
    assert kept(database) == ([], None)


def test_a_file_that_cannot_be_had_or_read_changes_nothing(database, ann, tmp_path):
    with pytest.raises(UsageError, match=r"none\.bib: cannot be read"):
        learning.learn_library(database, "ann", tmp_path / "none.bib", now=NOON)
    with pytest.raises(UsageError, match="a folder"):
        learning.learn_library(database, "ann", tmp_path, now=NOON)
    (tmp_path / "letter.txt").write_text("Dear reader,\n")
    report = learning.learn_library(database, "ann", tmp_path / "letter.txt", now=NOON)

    assert (report.exit_code, report.given.new) == (4, 0)
    assert kept(database) == ([], None)


def test_a_library_larger_than_is_read_is_refused(database, ann, library, monkeypatch):
    monkeypatch.setattr(learning, "MAX_LIBRARY", 100)
    with pytest.raises(UsageError, match="more than the 100"):
        learning.learn_library(database, "ann", library, now=NOON)


# ── forgetting ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def two_readers(database, ann, library):
    join(database, "ben")
    for who in ("ann", "ben"):
        learning.learn_library(database, who, library, now=NOON)
    return database


def rows(database):
    with database.read() as transaction:
        connection = transaction.learned._connection
        return [
            connection.exec_driver_sql(f"SELECT count(*) FROM {t} WHERE subscriber_id = 1").scalar()
            for t in ("feedback", "learned")
        ]


def test_forgetting_leaves_the_subscriber_and_everybody_else(two_readers):
    of_ben = kept(two_readers, 2)
    report = learning.forget(two_readers, "ann")

    assert (report.taken_back, rows(two_readers)) == (2, [0, 0])
    assert kept(two_readers, 2) == of_ben
    with two_readers.read() as transaction:
        assert transaction.subscribers.find("ann").status is SubscriberStatus.ACTIVE


@pytest.mark.parametrize("forget", [True, False])
def test_who_is_removed_takes_feedback_and_taste_along(two_readers, forget):
    with two_readers.write() as transaction:
        subscribing.leave(transaction, transaction.subscribers.find("ann"), forget=forget)

    assert rows(two_readers) == [0, 0]
    assert kept(two_readers, 2)[1] is not None


# ── what ranking gets ─────────────────────────────────────────────────────────────────────────


def test_ranking_gets_each_reader_s_own_taste_packed(two_readers):
    learning.forget(two_readers, "ben")
    with two_readers.read() as transaction:
        readers = readers_of(transaction, transaction.subscribers.all())
        packed = transaction.learned.get(1).data

    assert (readers[1].learned, readers[2].learned) == (packed, None)
    assert [i.text for i in readers[1].interests] == ["speech"]


def test_a_taste_of_another_version_is_learned_anew_before_issues_are_composed(two_readers, monkeypatch):
    statistics = rank.Background.empty()
    with two_readers.read() as transaction:
        before = transaction.learned.get(1)
    assert learning.bring_up_to_date(two_readers, statistics, now=NOON) == 0

    monkeypatch.setattr(rank.Taste, "VERSION", 99)
    with two_readers.read() as transaction:
        subscriber = transaction.subscribers.find("ann")
        assert learning.taste_of(transaction, subscriber).taste is None
    assert learning.bring_up_to_date(two_readers, statistics, now=NOON) == 2
    with two_readers.read() as transaction:
        after = transaction.learned.get(1)
        assert learning.taste_of(transaction, subscriber).likes == 2
    assert before.version != after.version == 99
    assert after.likes == 2


def test_a_paper_is_not_like_itself(database, ann):
    with database.read() as transaction:
        wanted = pipeline.find_paper(transaction, "2611.00001")
        found = pipeline.similar(transaction, wanted, 3)

    assert [each.paper.id for each in found][:1] == [2]
    assert wanted.id not in {each.paper.id for each in found}
