import pytest

from digest import __version__
from digest.app import App
from digest.config import template_text
from digest.model import Source
from tests.builders import NOON


@pytest.fixture
def app(tmp_path):
    def opened(text):
        (tmp_path / "config.yaml").write_text(text)
        return App.open(tmp_path / "config.yaml", now=NOON, environ={})

    return opened


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        (template_text(), ""),
        ("", ""),
        ("mail: {from_address: papers@digest.example}", " (+papers@digest.example)"),
        (
            "{mail: {from_address: papers@digest.example}, fetch: {contact: 'https://digest.example/about'}}",
            " (+https://digest.example/about)",
        ),
    ],
)
def test_servers_are_told_whom_to_write_to_once_somebody_said_it(app, text, contact):
    assert app(text).web.user_agent == f"digest/{__version__}{contact}"


def test_bounds_come_from_the_configuration(app):
    web = app("fetch: {timeout: 90s, max_size: 2, delay: 0s}").web
    assert (web.seconds, web.max_bytes, web.delay) == (90.0, 2 * 1024 * 1024, 0.0)


def test_an_address_among_the_sources_carries_its_own_rules(app):
    (source,) = app("""
sources: [{name: lab, url: 'http://nas/{day}', every: 2h, allow_hosts: nas}]
""").sources
    assert source == Source(
        name="lab",
        location="http://nas/{day}",
        settle_seconds=10.0,
        every_seconds=7200.0,
        allow_hosts=("nas",),
    )
    assert source.is_url
