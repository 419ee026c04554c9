import pytest

from digest.identity import doi

FORMS = (
    "10.1000/ABC",
    "doi:10.1000/abc",
    "DOI: 10.1000/abc.",
    "info:doi/10.1000/abc",
    "urn:doi:10.1000/abc",
    "https://doi.org/10.1000/abc",
    "dx.doi.org/10.1000/abc",
    "http://dx.doi.org/10.1000%2Fabc",
    "https://doi.org/10.1000/abc?utm_source=list#top",
    "(10.1000/abc)",
    "10.1000/abc),",
    '"10.1000/abc"',
    "https://dl.journal.example/doi/10.1000/abc",
    "https://dl.journal.example/doi/full/10.1000/abc?needAccess=true",
    "https://link.journal.example/article/10.1000/abc",
    "https://link.journal.example/content/pdf/10.1000/abc.pdf",
)

PREPRINTS = (
    "10.1101/2026.01.02.123456",
    "https://doi.org/10.1101/2026.01.02.123456",
    "https://www.biorxiv.org/content/10.1101/2026.01.02.123456v2.full",
    "https://www.biorxiv.org/content/10.1101/2026.01.02.123456v1.full.pdf+html",
    "https://www.medrxiv.org/content/10.1101/2026.01.02.123456v12?rss=1",
    "https://www.biorxiv.org/content/10.1101/2026.01.02.123456v2.full-text",
    "10.1101/2026.01.02.123456v3",
)

VERSIONS = {
    "10.1101/123456v2": "10.1101/123456",
    "10.26434/chemrxiv-2026-ab1cd-v2": "10.26434/chemrxiv-2026-ab1cd",
    "10.21203/rs.3.rs-123456/v1": "10.21203/rs.3.rs-123456",
    "10.20944/preprints202601.0001.v1": "10.20944/preprints202601.0001",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_doi_is_known_in_every_form(form):
    assert doi(form) == "10.1000/abc"


@pytest.mark.parametrize("form", PREPRINTS)
def test_all_versions_and_pages_of_a_preprint_are_one(form):
    assert doi(form) == "10.1101/2026.01.02.123456"


@pytest.mark.parametrize("form", VERSIONS)
def test_a_preprint_loses_its_version(form):
    assert doi(form) == VERSIONS[form]


@pytest.mark.parametrize(
    "name",
    [
        "10.1016/0021-9991(81)90128-5",
        "10.1002/(sici)1097(199806)49:8<693::aid-asi4>3.0.co;2-o",
        "10.1000/a-v2",
    ],
)
def test_brackets_and_endings_that_belong_to_a_name_stay(name):
    assert doi(name) == name


@pytest.mark.parametrize(
    "text", ["", "nothing", "10.1000", "10.1000/", "10.1000/abc and more", "https://blog.example/doi/about"]
)
def test_what_is_no_doi_alone_gives_none(text):
    assert doi(text) is None
