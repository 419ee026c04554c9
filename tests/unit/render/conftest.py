from datetime import date
from pathlib import Path

import pytest

from digest import sources
from digest.render import Envelope, RenderSettings, Templates, Unsubscribe
from tests.builders import NOON, known

DUMPS = Path(__file__).resolve().parents[3] / "examples" / "dumps"


@pytest.fixture(scope="session")
def templates():
    return Templates()


@pytest.fixture(scope="session")
def settings():
    return RenderSettings(
        title="digest",
        search_url="https://search.example/?q={query}",
        site_url="https://papers.reader.example",
        tag_prefix="tag:reader.example,2026:",
    )


@pytest.fixture(scope="session")
def ways_out():
    return Unsubscribe(mailto="leave@reader.example", url="https://papers.reader.example/u/token")


@pytest.fixture
def envelope(ways_out):
    return Envelope(
        from_address="digest@reader.example",
        from_name="digest",
        to_address="vision@reader.example",
        message_id="<2026-11-20.8f3a@reader.example>",
        date=NOON,
        list_name="digest",
        list_id="daily.reader.example",
        unsubscribe=ways_out,
    )


@pytest.fixture(scope="session")
def real_papers():
    """Every record of one seed as known papers."""
    path = min(DUMPS.glob("*.txt"))
    listing = sources.read(path.read_bytes(), name=path.name, latest=date(2026, 11, 20))
    return [
        known(n, record.paper.title, record.paper.abstract)
        for n, record in enumerate(listing.records, start=1)
    ]
