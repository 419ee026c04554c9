import pytest

from digest.identity import conflict, ids, keys, parse_key
from tests.builders import paper


def test_an_id_in_prose_is_another_papers():
    assert keys(paper("T", "We extend arXiv:2501.00001 and doi:10.1000/x.")) == ("title:2:t",)


def test_a_link_names_the_paper_too():
    assert ids(paper(url="https://huggingface.co/papers/2607.01234")) == ("arxiv:2607.01234",)
    assert ids(paper(url="https://doi.org/10.1000/x")) == ("doi:10.1000/x",)
    assert ids(paper(url="https://github.com/ada/x", code_url="https://arxiv.org/abs/2607.01234")) == ()


def test_a_record_has_one_arxiv_id_and_its_own_field_says_which():
    linked = paper(arxiv_id="2607.00001", url="https://arxiv.org/abs/2607.00002")

    assert ids(linked) == ("arxiv:2607.00001",)


def test_the_doi_that_arxiv_gives_is_the_arxiv_id():
    assert ids(paper(doi="10.48550/arXiv.2607.01234")) == ("arxiv:2607.01234",)


def test_a_record_may_have_two_dois():
    both = paper(doi="10.1000/journal", url="https://www.biorxiv.org/content/10.1101/2026.01.02.123456v1")

    assert ids(both) == ("doi:10.1000/journal", "doi:10.1101/2026.01.02.123456")


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("https://arxiv.org/pdf/2607.01234v2", "arxiv:2607.01234"),
        ("arxiv:2607.01234", "arxiv:2607.01234"),
        ("math.AG/0501001", "arxiv:math/0501001"),
        ("doi:10.1000/X", "doi:10.1000/x"),
        ("https://doi.org/10.1000/x", "doi:10.1000/x"),
        ("title:2:onsleep", "title:2:onsleep"),
        ("On Sleep", None),
        ("", None),
    ],
)
def test_a_person_may_name_a_paper_in_any_form(typed, key):
    assert parse_key(typed) == key


def test_a_common_doi_makes_up_for_another_one():
    assert not conflict({"doi:a", "doi:b"}, {"doi:b"})
    assert conflict({"doi:a", "arxiv:1"}, {"doi:a", "arxiv:2"})
