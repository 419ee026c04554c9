import pytest

from digest.identity import arxiv_id

NEW_FORMS = (
    "2607.01234",
    "2607.01234v2",
    " 2607.01234. ",
    "arXiv:2607.01234v3",
    "ARXIV: 2607.01234",
    "arXiv:2607.01234v1 [cs.CL]",
    "(arXiv:2607.01234)",
    "<https://arxiv.org/abs/2607.01234>",
    "https://arxiv.org/abs/2607.01234v1",
    "http://arxiv.org/pdf/2607.01234.pdf",
    "arxiv.org/abs/2607.01234",
    "//arxiv.org/abs/2607.01234",
    "HTTPS://ARXIV.ORG/ABS/2607.01234/",
    "https://arxiv.org:443/abs/2607.01234",
    "https://www.arxiv.org/html/2607.01234v1#S3",
    "https://arxiv.org/html/2607.01234v1/index.html",
    "http://export.arxiv.org/abs/2607.01234?context=cs",
    "https://browse.arxiv.org/format/2607.01234",
    "https://cn.arxiv.org/abs/2607.01234",
    "https://arxiv.org/ps/2607.01234",
    "https://arxiv.org/e-print/2607.01234v2",
    "http://arxiv.org/abs/arXiv:2607.01234",
    "https%3A%2F%2Farxiv.org%2Fabs%2F2607.01234",
    "10.48550/arXiv.2607.01234",
    "doi:10.48550/ARXIV.2607.01234",
    "https://doi.org/10.48550/arXiv.2607.01234?ref=a-list",
    "https://doi.org/10.48550%2FarXiv.2607.01234",
    "https://huggingface.co/papers/2607.01234",
    "huggingface.co/papers/2607.01234.md",
    "https://hf.co/papers/2607.01234#community",
    "https://www.alphaxiv.org/abs/2607.01234v2",
    "https://ar5iv.org/abs/2607.01234",
    "https://ar5iv.labs.arxiv.org/html/2607.01234",
    "oai:arXiv.org:2607.01234v1",
    "info:arxiv/2607.01234",
)

OLD_FORMS = {
    "cs/0501001": "cs/0501001",
    "cs.CL/0501001v1": "cs/0501001",
    "math.AG/0501001": "math/0501001",
    "cond-mat.stat-mech/0501001": "cond-mat/0501001",
    "physics.flu-dyn/0501001": "physics/0501001",
    "astro-ph.CO/0701001": "astro-ph/0701001",
    "https://arxiv.org/abs/cs%2F0501001": "cs/0501001",
    "http://arxiv.org/pdf/hep-th/9901001v2.pdf": "hep-th/9901001",
    "oai:arXiv.org:cs/0501001": "cs/0501001",
    "10.48550/arXiv.cs/0501001": "cs/0501001",
    "physics/9108001": "physics/9108001",
}

NONE = (
    "",
    "as in 2607.01234",
    "2607.01234 and 2607.01235",
    "2607.01234x",
    "12607.01234",
    "2607.012345",
    "foo/0501001",
    "https://arxiv.org/list/cs.CL/2607",
    "https://huggingface.co/papers/date/2026-07-01",
    "https://arxiv.org.elsewhere.example/abs/2607.01234",
    "https://notarxiv.org/abs/2607.01234",
    "https://elsewhere.example/arxiv.org/abs/2607.01234",
    "https://elsewhere.example/?u=https://arxiv.org/abs/2607.01234",
    "https://doi.org/10.1000/2607.01234",
)


@pytest.mark.parametrize("form", NEW_FORMS)
def test_an_id_is_known_in_every_form(form):
    assert arxiv_id(form) == "2607.01234"


@pytest.mark.parametrize("form", OLD_FORMS)
def test_an_old_id_is_archive_and_number_without_the_subject_class(form):
    assert arxiv_id(form) == OLD_FORMS[form]


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_id_alone_gives_none(text):
    assert arxiv_id(text) is None


@pytest.mark.parametrize("text", ["0704.0001", "1412.6980", "1501.00001", "9912.00001"])
def test_the_number_has_four_digits_until_2014_and_five_from_2015(text):
    assert arxiv_id(text) == text


@pytest.mark.parametrize(
    "text", ["2613.01234", "2600.01234", "0703.0001", "1412.69801", "1501.0001", "cs/0713001", "cs/0704001"]
)
def test_an_id_that_arxiv_cannot_have_given_is_none(text):
    assert arxiv_id(text) is None


def test_a_text_that_is_much_too_long_is_no_id():
    assert arxiv_id("arxiv.org/abs/2607.01234?" + "a" * 100_000) is None
