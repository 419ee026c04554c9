from digest.identity import Resolution, arxiv_id, conflict, doi, keys, parse_key, resolve, title_key
from tests.builders import paper


def test_a_title_key_ignores_case_accents_punctuation_and_a_trailing_version():
    expected = title_key("Schrodinger Bridges: Text-to-Speech")

    assert expected == title_key("SCHRÖDINGER  bridges — text to speech (v2)")
    assert expected.startswith("title:2:")


def test_plus_and_hash_make_another_title():
    assert title_key("EvTexture") != title_key("EvTexture++")
    assert title_key("C for All") != title_key("C# for All")


def test_a_title_of_punctuation_only_still_has_a_key_of_its_own():
    assert title_key("???") != title_key("!!!")


def test_long_titles_have_short_keys_that_still_differ_in_their_ends():
    assert len(title_key("a" * 10_000)) < 250
    assert title_key("a" * 10_000) != title_key("a" * 10_001)


def test_an_arxiv_id_is_known_in_every_form():
    forms = (
        "2607.01234",
        "2607.01234v2",
        "arXiv:2607.01234v3",
        "https://arxiv.org/abs/2607.01234v1",
        "http://arxiv.org/pdf/2607.01234.pdf",
        "https://huggingface.co/papers/2607.01234",
        "10.48550/arXiv.2607.01234",
    )

    assert {arxiv_id(form) for form in forms} == {"2607.01234"}
    assert arxiv_id("cs/0501001v1") == "cs/0501001"
    assert arxiv_id("as in 2607.01234") is None


def test_a_doi_loses_its_resolver():
    assert doi("https://doi.org/10.1000/ABC") == "10.1000/abc"
    assert doi("nothing") is None


def test_keys_stand_strongest_first_and_prose_gives_none():
    found = keys(paper("T", "We extend arXiv:2501.00001.", arxiv_id="2607.01234v2", doi="10.1000/x"))

    assert found == ("arxiv:2607.01234", "doi:10.1000/x", "title:2:t")


def test_a_person_may_name_a_paper_by_any_id():
    assert parse_key("https://arxiv.org/abs/2607.01234v2") == "arxiv:2607.01234"
    assert parse_key("title:2:abc") == "title:2:abc"
    assert parse_key("Attention is all") is None


def test_different_ids_of_one_kind_conflict():
    assert conflict({"arxiv:1"}, {"arxiv:2"})
    assert not conflict({"arxiv:1", "doi:a"}, {"arxiv:1", "doi:b"} - {"doi:b"})
    assert not conflict({"arxiv:1"}, {"title:2:t"})


def test_a_record_nobody_holds_is_new():
    assert resolve(("title:2:t",), {}, {}) == Resolution(None)


def test_a_title_never_ties_papers_with_different_ids():
    held = {"title:2:t": {7}}
    keys_of = {7: {"arxiv:2607.00001", "title:2:t"}}

    assert resolve(("arxiv:2607.00002", "title:2:t"), held, keys_of) == Resolution(None)
    assert resolve(("title:2:t",), held, keys_of) == Resolution(7)


def test_a_title_that_two_papers_share_names_the_older_one():
    held = {"title:2:t": {7, 9}}
    keys_of = {7: {"arxiv:2607.00001", "title:2:t"}, 9: {"arxiv:2607.00002", "title:2:t"}}

    assert resolve(("title:2:t",), held, keys_of) == Resolution(7)


def test_an_id_and_a_title_can_tie_two_stored_papers_together():
    held = {"arxiv:2607.00001": {9}, "title:2:t": {4}}
    keys_of = {9: {"arxiv:2607.00001"}, 4: {"title:2:t"}}

    assert resolve(("arxiv:2607.00001", "title:2:t"), held, keys_of) == Resolution(4, (9,))
