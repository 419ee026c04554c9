import os
import re
from datetime import time, timedelta
from enum import Enum
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined

from digest.config import Settings, format_duration, load, template_text, write_template
from digest.config.keys import PASSWORDS, Kind, keys
from digest.errors import UsageError
from tests.keys import ed25519_key, rsa_key, write

ROOT = Path(__file__).resolve().parents[3]
PROJECT = ROOT / "config.yaml"
TABLE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
#: a key that is commented out: "#" without a blank
COMMENTED = re.compile(r"^( *)#(?=\S)")
#: further keys of an entry of a list that is commented out
FURTHER = re.compile(r"^( *)#(?=  +\S)")

LINES = PROJECT.read_text(encoding="utf-8").splitlines()


def blocks():
    """Each commented key by itself; the lines of a commented entry of a list together."""
    found = []
    for number, line in enumerate(LINES):
        if COMMENTED.match(line):
            found.append([number])
        elif FURTHER.match(line) and found and found[-1][-1] == number - 1:
            found[-1].append(number)
    return found


def uncommented(*wanted):
    numbers = {number for block in wanted for number in block}
    return "\n".join(
        re.sub(r"^( *)#", r"\1", line) if number in numbers else line for number, line in enumerate(LINES)
    )


def loaded(tmp_path, text, environ=None):
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, environ or {})


def test_a_fresh_configuration_is_valid_and_says_the_defaults(tmp_path):
    path = write_template(tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / "config.yaml"
    settings = load(path, {})
    assert settings == Settings.model_validate({}, context={"base": path.parent})
    assert settings.subscribers == ()
    assert settings.mail.smtp.host is None


def test_the_template_is_the_project_file():
    assert template_text() == PROJECT.read_text(encoding="utf-8")


def test_an_existing_configuration_stays_as_it_is(tmp_path):
    (tmp_path / "config.yaml").write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        write_template(tmp_path)
    assert (tmp_path / "config.yaml").read_text() == "mine"


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path):
    (tmp_path / "config.yaml").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError):
        write_template(tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="not a folder"):
        write_template(tmp_path / "file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="cannot write"):
        write_template(tmp_path)


@pytest.mark.parametrize("numbers", blocks(), ids=lambda numbers: LINES[numbers[0]].strip()[:40])
def test_each_commented_key_can_be_uncommented(tmp_path, numbers):
    text = uncommented(numbers)
    for name in ("smtp-password", "imap-password"):
        (tmp_path / name).write_text("word\n")
    write(tmp_path / "dkim-digest.pem", rsa_key())
    write(tmp_path / "dkim-ed25519.pem", ed25519_key())
    written = LINES[numbers[0]]
    if "#on: fri" in written:
        text = text.replace("every: day ", "every: week ")
    needed = {
        "#password_file": {"DIGEST__MAIL__SMTP__USERNAME": "digest"},
        "#ed25519_key_file": {"DIGEST__MAIL__DKIM__KEY_FILE": "dkim-digest.pem"},
    }
    environ = next((also for key, also in needed.items() if key in written), {})
    before = loaded(tmp_path, PROJECT.read_text(encoding="utf-8"))
    assert loaded(tmp_path, text, environ) != before


def test_the_example_subscriber_uses_every_key(tmp_path):
    start = next(n for n, line in enumerate(LINES) if "#- address" in line)
    (block,) = [b for b in blocks() if b[0] == start]
    (reader,) = loaded(tmp_path, uncommented(block)).subscribers
    unset = {name for name in type(reader).model_fields if name not in reader.model_fields_set}
    assert unset == set()


def test_every_key_stands_in_the_template():
    text = uncommented(*blocks())
    for path in keys():
        if path in PASSWORDS:
            continue
        assert re.search(rf"^[ -]*{path[-1]}:", text, re.MULTILINE), ".".join(path)


def written(default):
    """A default as the documentation has it."""
    if default is None or default is PydanticUndefined or isinstance(default, tuple):
        return "–"
    match default:
        case bool():
            text = str(default).lower()
        case timedelta():
            text = format_duration(default)
        case time():
            text = f"{default:%H:%M}"
        case Enum():
            text = default.value
        case float():
            text = f"{default:g}"
        case _:
            text = str(default)
    return f"`{text}`"


def test_every_key_is_documented_with_its_default_and_its_variable():
    for key in keys().values():
        if key.kind is Kind.SECTION or key.path in {("sources",), ("subscribers",)}:
            continue
        name = ".".join(key.path).replace(".*", "[]")
        (row,) = re.findall(rf"^\| `{re.escape(name)}` \|.*$", TABLE, re.MULTILINE)
        assert row.startswith(f"| `{name}` | {written(key.default)} | ")
        assert row.endswith(f" | `{key.env}` |")


def test_the_documentation_names_no_key_that_is_not_there():
    known = {".".join(path).replace(".*", "[]") for path in keys()}
    assert set(re.findall(r"^\| `([a-z_.\[\]]+)` \| [`–]", TABLE, re.MULTILINE)) <= known


def test_the_demo_has_its_three_readers(tmp_path):
    settings = load(ROOT / "examples" / "demo.yaml", {})
    assert [r.label for r in settings.subscribers] == ["vision", "speech", "language"]
    assert settings.sources[0].path == ROOT / "examples" / "dumps"
    assert settings.database == ROOT / "out" / "demo" / "digest.db"
    assert all(r.interests for r in settings.subscribers)
