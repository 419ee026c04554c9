import pytest
import trustme

from tests.unit.deliver.mail_server import ACTIONS, running


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate for `localhost`, its key, and the authority that issued it."""
    folder = tmp_path_factory.mktemp("certificate")
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    files = {name: str(folder / f"{name}.pem") for name in ("certificate", "key", "authority")}
    issued.cert_chain_pems[0].write_to_path(files["certificate"])
    issued.private_key_pem.write_to_path(files["key"])
    authority.cert_pem.write_to_path(files["authority"])
    return files


@pytest.fixture
def trusted(certificate, monkeypatch):
    """The test's own certificate counts as genuine."""
    monkeypatch.setenv("SSL_CERT_FILE", certificate["authority"])


@pytest.fixture(scope="session")
def _server(tmp_path_factory, certificate):
    users = {"digest": "open sesame"}
    profiles = {
        "plain": {},
        "utf8": {"smtputf8": True},
        "small": {"size": 1000},
        "users": {"users": users},
        "hangs up": {"messages": 2, "then": "drop"},
        "says 421": {"messages": 2, "then": "421"},
    }
    for stage in ("connect", "EHLO", "AUTH"):
        for action in ACTIONS:
            profiles[f"{stage} {action}"] = {"faults": {stage: action}, "users": users}
    profiles["starttls"] = {"tls": "starttls", "users": users} | certificate
    profiles["tls"] = {"tls": "tls"} | certificate
    for action in ACTIONS:
        profiles[f"STARTTLS {action}"] = {"tls": "starttls", "faults": {"STARTTLS": action}} | certificate
    with running(profiles, tmp_path_factory.mktemp("mail")) as server:
        yield server


@pytest.fixture
def server(_server):
    _server.forget()
    return _server
