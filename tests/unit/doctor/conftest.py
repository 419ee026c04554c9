"""An installation to look at, with real answers: DNS, mail server, web."""

from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
import yaml

from digest import config, doctor, store
from tests.unit.doctor import name_server

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def zone():
    return name_server.Zone()


@pytest.fixture
def port(zone):
    """That of a DNS server with `zone`."""
    with name_server.running(zone) as found:
        yield found


def names_at(port):
    return doctor.Names(("127.0.0.1",), port, question=0.5, all_seconds=10)


@pytest.fixture
def names(port):
    """Questions that reach the server with `zone`."""
    return names_at(port)


@pytest.fixture
def settings_of(tmp_path):
    """`settings_of(mail={...})`: a configuration with these values, its file written."""

    def make(**values):
        path = tmp_path / "config.yaml"
        path.write_text(yaml.safe_dump(values))
        (tmp_path / "inbox").mkdir(exist_ok=True)
        return config.load(path, {})

    return make


@pytest.fixture
def case_of(settings_of, tmp_path, request):
    """`case_of(mail={...}, own=["192.0.2.1"])`: what a check is given; DNS only where `port` is asked for."""

    def make(*, own=(), facts=None, at=NOW, mounts="/proc/mounts", signers=(), box=lambda: None, **values):
        settings = settings_of(**values)
        asked = request.getfixturevalue("port") if "port" in request.fixturenames else 9
        return doctor.Case(
            settings=settings,
            config_path=tmp_path / "config.yaml",
            now=at,
            signers=signers,
            mailbox=box,
            facts=facts or store.examine(settings.database),
            names=names_at(asked),
            mounts=Path(mounts),
            own_addresses=lambda: [ip_address(a) for a in own],
        )

    return make


@pytest.fixture
def seen():
    """`seen(findings)`: subject, verdict and words of each, for comparing."""
    return lambda findings: [(f.subject, f.verdict.value) for f in findings]


def words(findings):
    """All that is said, in one text."""
    return "\n".join(f"{f.subject} {f.verdict} {f.what} → {f.remedy}" for f in findings)
