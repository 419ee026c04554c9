import shutil
import subprocess

import pytest

from tests.unit.deliver.mail_server import ACTIONS, running


def _certificate(folder):
    """A self-signed certificate for `localhost`, or `None` without the openssl command."""
    if shutil.which("openssl") is None:
        return None
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        (
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
            ),
            *("-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost"),
        ),
        check=True,
        capture_output=True,
        timeout=60,
    )
    return {"certificate": str(certificate), "key": str(key)}


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    return _certificate(tmp_path_factory.mktemp("certificate"))


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
    if certificate:
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
