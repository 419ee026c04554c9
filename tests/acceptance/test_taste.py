"""Likes, dislikes, libraries and similar papers by command; a TREC run."""

import json
import subprocess

import pytest

BIB = """@article{known, title = {{FlashSpeech}: Efficient Zero-Shot Speech Synthesis}}
@article{outside, title = {On Vocoders}, abstract = {A vocoder makes speech.}, eprint = {2611.00001}}
@misc{nobody, doi = {10.1000/nobody.knows}}
@misc{broken, year = 2020}
"""


@pytest.fixture
def reader(archive):
    """One subscriber before the five example dumps."""
    archive("subscribers", "add", "ann@reader.example", "--name", "ann", "--interest", "diffusion models")
    return archive


def test_papers_are_liked_disliked_and_taken_back(reader):
    liked = reader("like", "flashspeech", "SLUE").stdout
    assert "FlashSpeech: Efficient Zero-Shot Speech Synthesis" in liked
    assert "ann: 2 new likes" in liked
    disliked = reader.json("dislike", 'No "Zero-Shot"', "ann@reader.example")
    assert (disliked["opinion"], disliked["new"], disliked["likes"], disliked["dislikes"]) == (
        "dislike",
        1,
        2,
        1,
    )
    learned = reader.json("subscribers", "learned", "ann", "--limit", "5")
    assert (learned["likes"], learned["dislikes"]) == (2, 1)
    assert "speech" in [each["words"] for each in learned["strongest"]]
    assert all(each["weight"] > 0 for each in learned["strongest"])
    assert all(each["weight"] < 0 for each in learned["weakest"])
    told = reader("subscribers", "learned", "ann").stdout
    assert "2 likes and 1 dislike" in told
    assert "speech" in told
    assert "2 likes, 1 dislike" in reader("subscribers", "show", "ann").stdout

    back = reader.json("unlike", "flash", "slue", "ann")
    assert (back["taken_back"], back["likes"], back["dislikes"]) == (2, 0, 1)


def test_a_title_that_several_papers_have_is_refused_with_their_titles(reader):
    refused = reader("like", "flashspeech", "diffusion", code=2)
    assert refused.stdout == ""
    titles = [line for line in refused.stderr.splitlines() if line.startswith("  - ")]
    assert len(titles) > 1
    assert all(title.casefold().startswith("  - diffusion") for title in titles)
    assert reader.rows("SELECT count(*) FROM feedback") == [(0,)]
    assert "no stored paper" in reader("dislike", "2611.99999", code=2).stderr


def test_a_library_is_learned_from_and_forgotten(reader):
    (reader.folder / "refs.bib").write_text(BIB)
    before = reader.snapshot()["digest.db"]
    rehearsed = reader.json("subscribers", "learn", "ann", "refs.bib", "--dry-run", code=4)
    assert (rehearsed["new"], rehearsed["dry_run"]) == (2, True)
    assert reader.snapshot()["digest.db"] == before

    done = reader("subscribers", "learn", "ann", "refs.bib", code=4)
    assert "ann: 2 new likes; 1 not found" in done.stdout
    assert "refs.bib:3: not in the archive" in done.stderr
    assert "refs.bib:4: entry broken" in done.stderr
    assert reader.json("subscribers", "learned", "ann")["likes"] == 2
    assert reader.json("unlike", "arXiv:2611.00001")["taken_back"] == 1

    assert reader.json("subscribers", "forget", "ann", "--dry-run")["taken_back"] == 1
    assert reader.rows("SELECT count(*) FROM learned") == [(1,)]
    assert "1 opinion taken back" in reader("subscribers", "forget", "ann").stdout
    for table in ("feedback", "learned"):
        assert reader.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    assert "nothing is learned yet" in reader("subscribers", "learned", "ann").stdout
    assert reader.json("subscribers", "show", "ann")["status"] == "active"


def test_a_library_may_be_piped_in(reader):
    ids = "2611.00001\n10.1000/x\n"
    done = subprocess.run(
        **reader.invocation("subscribers", "learn", "ann", "-", "--json"),
        input=ids,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert json.loads(done.stdout)["not_found"] == ["standard input:1", "standard input:2"]


@pytest.mark.parametrize("option", [(), ("--forget",)])
def test_who_is_removed_takes_likes_and_taste_along(reader, option):
    reader("like", "flashspeech")
    reader("subscribers", "remove", "ann", *option)
    for table in ("feedback", "learned"):
        assert reader.rows(f"SELECT count(*) FROM {table}") == [(0,)], table


def test_similar_papers_say_by_which_words(reader):
    found = reader.json("similar", "flashspeech", "--limit", "5")
    assert found["paper"]["title"].startswith("FlashSpeech")
    scores = [each["similarity"] for each in found["similar"]]
    assert len(scores) == 5
    assert scores == sorted(scores, reverse=True)
    assert found["paper"]["id"] not in [each["paper"]["id"] for each in found["similar"]]
    first = found["similar"][0]
    assert "speech" in first["paper"]["title"].casefold() + first["paper"]["abstract"].casefold()
    assert first["words"]
    told = reader("similar", "flashspeech", "--limit", "1").stdout
    assert first["paper"]["title"][:60] in told
    assert first["words"][0] in told


def test_a_trec_run_has_the_six_columns_that_evaluation_programs_read(digest, dumps, tmp_path):
    options = ("--interest", "speech synthesis", *dumps)
    run = digest("rank", *options, "--trec", "speech-1", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    lines = [line.split() for line in run.stdout.splitlines()]
    matches = json.loads(digest("rank", *options, "--json", "--limit", "9999", cwd=tmp_path).stdout)[
        "matches"
    ]
    assert len(lines) == len(matches) > 12
    for place, (line, match) in enumerate(zip(lines, matches, strict=True), 1):
        topic, q0, name, rank, score, tag = line
        assert (topic, q0, int(rank)) == ("speech-1", "Q0", place)
        assert match["paper"]["keys"][0] in {name, f"arxiv:{name}", f"doi:{name}"}
        assert float(score) == pytest.approx(match["score"], abs=1e-3)
        assert tag.startswith("digest-")
    assert digest("rank", *options, "--trec", "1", "--limit", "3", cwd=tmp_path).stdout.count("\n") == 3
    for wrong in (("--trec", "two words"), ("--trec", ""), ("--trec", "a", "--json")):
        refused = digest("rank", *options, *wrong, cwd=tmp_path)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "--trec" in refused.stderr


def test_a_paper_with_an_arxiv_id_goes_by_it_in_a_run(digest, tmp_path):
    papers = [
        {"title": "Fast Speech Synthesis", "abstract": "We synthesise speech.", "arxiv_id": "2611.00001"}
    ]
    (tmp_path / "papers.json").write_text(json.dumps(papers))
    run = digest("rank", "-i", "speech synthesis", "papers.json", "--trec", "t", cwd=tmp_path)
    assert run.stdout.split()[:4] == ["t", "Q0", "2611.00001", "1"]
