import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render import RenderSettings
from digest.render.links import Link, _spelled, links, mail_link, main_link, web_url
from tests.builders import paper

SETTINGS = RenderSettings(search_url="https://search.example/?q={query}&kind=paper")


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://host.example/x",
        "//host.example/x",
        "https:///x",
        "https://arxiv.org@elsewhere.example/",
        "https://good.example\\@elsewhere.example/",
        "https://host.example/\nx",
        "https://host .example/",
        "https://a..b/",
        "https://host.example:port/",
        "https://[::1/",
        "https://ho\u202est.example/",
        "http://" + "a" * 3_000,
        "",
        None,
    ],
)
def test_an_address_that_is_not_plainly_web_is_not_linked(text):
    assert web_url(text) is None


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://host.example/a?b=c#d", "https://host.example/a?b=c#d"),
        ("HTTP://Host.Example:8080/A", "http://host.example:8080/A"),
        ("https://bücher.example/straße", "https://xn--bcher-kva.example/stra%C3%9Fe"),
        ("https://host.example/%20x", "https://host.example/%20x"),
        ('https://host.example/"><script>', "https://host.example/%22%3E%3Cscript%3E"),
        ("https://[::1]:80/x", "https://[::1]:80/x"),
        (" https://host.example ", "https://host.example"),
    ],
)
def test_a_web_address_is_linked_in_plain_ascii(text, url):
    assert web_url(text) == url


labels = st.text("az09-", min_size=1, max_size=5) | st.sampled_from(
    ["", "xn--a", "x" * 63, "x" * 64, "é", "A"]
)
paths = st.text("aZ9/._~-", max_size=9) | st.sampled_from(
    [":80", ":80/x", "?q", "#f", "/%20", "/a b", "/é", "@x"]
)


@given(st.sampled_from(["http", "https", "HTTPS", "ftp"]), st.lists(labels, min_size=1, max_size=4), paths)
def test_what_is_taken_as_it_stands_is_what_taking_it_apart_gives(scheme, host, path):
    text = f"{scheme}://{'.'.join(host)}{path}"
    assert web_url(text) == (None if " " in text else _spelled(text))


def test_a_paper_without_any_address_links_to_a_search_for_its_exact_title():
    link = main_link(paper("Über C++ & “β”"), SETTINGS)
    assert link == Link(
        "find",
        "https://search.example/?q=%C3%9Cber%20C%2B%2B%20%26%20%E2%80%9C%CE%B2%E2%80%9D&kind=paper",
    )


def test_the_query_of_an_endless_title_ends_between_characters():
    link = main_link(paper("猫" * 10_000), SETTINGS)
    assert link is not None
    query = link.url.removeprefix("https://search.example/?q=").removesuffix("&kind=paper")
    assert len(query) <= 600
    assert set(query.split("%E7%8C%AB")) == {""}


def test_an_arxiv_id_gives_paper_and_pdf_and_what_the_authors_made_comes_last():
    facts = {"code_url": "https://code.example/x", "project_url": "https://authors.example/"}
    found = links(paper(arxiv_id="2501.01234", **facts), SETTINGS)
    assert found == (
        Link("paper", "https://arxiv.org/abs/2501.01234"),
        Link("PDF", "https://arxiv.org/pdf/2501.01234"),
        Link("code", "https://code.example/x"),
        Link("project", "https://authors.example/"),
    )


def test_the_own_address_of_a_paper_goes_before_what_its_ids_give():
    assert main_link(paper(url="https://host.example/p", arxiv_id="2501.01234"), SETTINGS) == Link(
        "paper", "https://host.example/p"
    )


def test_a_doi_is_resolved_and_a_hostile_one_is_not():
    assert main_link(paper(doi="10.1000/x(1)<2>"), SETTINGS) == Link(
        "paper", "https://doi.org/10.1000/x(1)%3C2%3E"
    )
    assert main_link(paper("T", doi="https://elsewhere.example"), SETTINGS) == Link(
        "find", "https://search.example/?q=T&kind=paper"
    )
    assert main_link(paper("T", doi="10.1000/\ud800"), SETTINGS).label == "find"


def test_an_arxiv_id_of_another_form_is_no_address():
    assert main_link(paper("T", arxiv_id="../../x"), SETTINGS).label == "find"


def test_a_title_of_nothing_printable_has_an_empty_search():
    assert main_link(paper("\u202e\x00"), SETTINGS).url == "https://search.example/?q=&kind=paper"


def test_a_search_that_is_no_web_address_gives_no_link():
    assert main_link(paper(), RenderSettings(search_url="javascript:{query}")) is None


def test_mail_links_take_addresses_and_uris_and_refuse_line_breaks():
    assert mail_link("leave@reader.example") == "mailto:leave@reader.example"
    assert mail_link("mailto:a@b.example?subject=x y") is None
    assert mail_link("mailto:a@b.example?subject=x") == "mailto:a@b.example?subject=x"
    assert mail_link("a@b.example\r\nBcc: c@d.example") is None
    assert mail_link("nobody") is None
