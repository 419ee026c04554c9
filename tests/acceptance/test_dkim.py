"""`digest dkim`: from nothing to mails that dkimpy verifies by the record that was printed."""

import re
import stat

import dkim
import pytest
import yaml

from tests.keys import dns


def configured(workspace, **mail):
    settings = {"mail": {"from_address": "digest@digest.example", **mail}}
    workspace.config.write_text(yaml.safe_dump(settings))


def name_and_value(said):
    name, value = re.search(r"^name   (\S+)\ntype   TXT\nvalue  (.*)$", said, re.MULTILINE).groups()
    return name, value


def test_a_new_key_is_written_and_what_to_do_with_it_is_said(workspace):
    configured(workspace)
    said = workspace("dkim", "new").stdout
    key = workspace.folder / "dkim-digest.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "PRIVATE" not in said
    name, value = name_and_value(said)
    assert name == "digest._domainkey.digest.example"
    assert value.startswith("v=DKIM1; k=rsa; p=")
    zone = re.search(rf"^{re.escape(name)}\. 3600 IN TXT \(\n(.*) \)$", said, re.MULTILINE | re.DOTALL)[1]
    strings = re.findall(r'"([^"]*)"', zone)
    assert "".join(strings) == value
    assert max(map(len, strings)) <= 255
    lines = said.partition("mail:\n")[2]
    assert yaml.safe_load(lines) == {"dkim": {"key_file": "dkim-digest.pem", "selector": "digest"}}

    configured(workspace, **yaml.safe_load(lines))
    shown = workspace("dkim", "show").stdout
    assert name_and_value(shown) == (name, value)
    assert workspace.json("dkim", "show") == [{"name": name, "type": "TXT", "value": value}]


def test_a_key_is_never_written_over(workspace):
    configured(workspace)
    workspace("dkim", "new")
    before = (workspace.folder / "dkim-digest.pem").read_bytes()
    again = workspace("dkim", "new", code=2)
    assert "stays as it is" in again.stderr
    assert (workspace.folder / "dkim-digest.pem").read_bytes() == before


def test_the_key_that_the_configuration_waits_for_can_be_made(workspace):
    configured(workspace, dkim={"key_file": "dkim-mail2026.pem", "selector": "mail2026"})
    assert "`digest dkim new` makes one" in workspace("status", code=2).stderr
    name, _ = name_and_value(workspace("dkim", "new").stdout)
    assert name == "mail2026._domainkey.digest.example"
    workspace("status")


def test_two_keys_sign_a_mail_that_both_records_verify(archive, at):
    configured(archive)
    archive("dkim", "new", "--bits", "1024", "--selector", "one", "--file", archive.folder / "one.pem")
    archive("dkim", "new", "--ed25519", "--file", archive.folder / "two.pem")
    keys = {"key_file": "one.pem", "selector": "one", "ed25519_key_file": "two.pem"}
    configured(archive, dkim=keys, folder="mail")
    archive("subscribers", "add", "vision@reader.example", "--interest", "diffusion models", now=at(0, 7))
    archive("run", now=at(0))
    (mail,) = archive.mails
    records = {each["name"]: each["value"] for each in archive.json("dkim", "show")}
    assert len(records) == 2
    assert dkim.verify(mail.read_bytes(), minkey=1024, dnsfunc=dns(records))
    assert b"s=digest-ed25519;" in mail.read_bytes()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("new",), "whose domain no DNS knows"),
        (("new", "--domain", "not a domain"), "is not a domain"),
        (("new", "--domain", "digest.example", "--selector", "a b"), "is not a selector"),
        (("new", "--domain", "digest.example", "--bits", "512"), "greater than or equal to 1024"),
        (("show",), "names no key"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(workspace, args, words):
    said = workspace("dkim", *args, code=2)
    assert words in said.stderr
    assert list(workspace.folder.glob("*.pem")) == []


def test_without_a_configuration_the_domain_is_enough(digest, tmp_path):
    done = digest("dkim", "new", "--domain", "bücher.example", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert name_and_value(done.stdout)[0] == "digest._domainkey.xn--bcher-kva.example"
    assert "domain: xn--bcher-kva.example" in done.stdout
    assert digest("dkim", "new", cwd=tmp_path).returncode == 2


def test_help_teaches(workspace):
    said = workspace("dkim", "--help").stdout
    for words in ("digest dkim new", "digest dkim show", "DNS", "selector", "look forged"):
        assert words in said
