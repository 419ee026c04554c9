"""Settings that are no mistake by themselves, and still want a look."""

import pytest

from digest.doctor import configuration

OURS = {"from_address": "papers@list.example"}


@pytest.fixture
def look(case_of):
    def _look(check, **values):
        return [(f.subject, f.verdict.value) for f in check(case_of(**values))]

    return _look


@pytest.mark.parametrize(
    ("mail", "verdict"),
    [
        ({}, "advice"),
        ({"smtp": {"host": "localhost"}}, "advice"),
        ({"smtp": {"host": "mail.example"}}, "broken"),
        (OURS | {"smtp": {"host": "mail.example"}}, "fine"),
        ({"from_address": "papers@printer.local"}, "advice"),
    ],
)
def test_the_senders_address_has_to_be_one_that_the_world_knows(look, mail, verdict):
    assert look(configuration.check_sender, mail=mail) == [("mail.from_address", verdict)]


def test_the_lists_name_should_be_ours_before_mails_go_out(look):
    check = configuration.check_list
    assert look(check) == []  # said of the address already
    assert look(check, mail=OURS) == [("mail.list_id", "advice")]
    assert look(check, mail=OURS | {"list_id": "daily.list.example"}) == [("mail.list_id", "fine")]


def test_without_a_one_click_link_there_is_advice(look):
    assert look(configuration.check_link) == [("mail.base_url", "advice")]
    url = {"base_url": "https://list.example"}
    assert look(configuration.check_link, mail=url) == [("mail.base_url", "fine")]


@pytest.mark.parametrize(
    ("smtp", "verdicts"),
    [
        ({}, []),
        ({"host": "localhost"}, []),
        ({"host": "::1"}, []),
        ({"host": "mail.example"}, ["advice"]),
        ({"host": "mail.example", "security": "tls", "verify": False}, ["advice"]),
        ({"host": "127.0.0.1", "security": "tls", "verify": False}, []),
        ({"host": "mail.example", "security": "tls"}, []),
        ({"host": "mail.example", "security": "tls", "username": "digest"}, ["broken"]),
    ],
)
def test_the_way_to_the_server_should_be_protected(look, smtp, verdicts):

    assert [v for _, v in look(configuration.check_server, mail={"smtp": smtp})] == verdicts


def test_sources_that_are_not_there_are_named(look, tmp_path):
    check = configuration.check_sources
    assert look(check) == [("sources", "fine")]
    assert look(check, sources=[]) == [("sources", "fine")]
    missing = [{"name": "a", "path": "gone"}, {"name": "b", "path": "inbox"}, {"name": "c", "path": "lost"}]
    assert look(check, sources=missing) == [("sources", "advice")] * 2


def test_a_folder_of_templates_has_to_be_there(look, tmp_path):
    assert look(configuration.check_templates) == []
    assert look(configuration.check_templates, templates="mine") == [("templates", "broken")]
    (tmp_path / "mine").mkdir()
    assert look(configuration.check_templates, templates="mine") == []
