import pytest

from digest.sources import registry
from digest.sources.shape import Page, Shape, Wire


def any_wire(name, **facts):
    return Shape(
        name=name, looks_for="", matches=lambda wire: True, read=lambda wire, most: Page(format=name), **facts
    )


@pytest.fixture
def shapes(monkeypatch):
    monkeypatch.setattr(registry, "SHAPES", (any_wire("text"), any_wire("bytes", reads_bytes=True)))


def test_text_goes_to_the_first_shape_that_matches(shapes):
    assert registry.detect(Wire(data=b"a", text="a")).name == "text"


def test_bytes_that_are_no_text_go_to_a_shape_that_decodes_for_itself(shapes):
    assert registry.detect(Wire(data=b"\xe9", text="", flaw="not text")).name == "bytes"
