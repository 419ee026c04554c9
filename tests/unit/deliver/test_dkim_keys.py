import stat

import dkim
import pytest

from digest import config
from digest.deliver import Signer, make_key, record, sign, strings, write_key
from digest.errors import UsageError
from tests import keys

MAIL = b"From: a@digest.example\r\nSubject: x\r\n\r\nbody\r\n"


@pytest.mark.parametrize(("bits", "kind"), [(1024, "rsa"), (2048, "rsa"), (None, "ed25519")])
def test_a_new_key_comes_back_from_its_file_and_signs(tmp_path, bits, kind):
    key = make_key(bits)
    write_key(tmp_path / "key.pem", key)
    again = config.read_key(tmp_path / "key.pem", config.KeyKind(kind))
    assert record(again) == record(key) == keys.record(key)
    signed = sign(MAIL, [Signer(domain="digest.example", selector="s", key=again)])
    with keys.with_ed25519():
        assert dkim.verify(
            signed, minkey=1024, dnsfunc=keys.dns({"s._domainkey.digest.example": record(key)})
        )


def test_the_file_is_its_owners_alone_whatever_the_umask(tmp_path):
    write_key(tmp_path / "key.pem", keys.rsa_key(1024))
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600


def test_no_key_is_ever_written_over(tmp_path):
    (tmp_path / "key.pem").write_text("mine")
    with pytest.raises(UsageError, match="stays as it is"):
        write_key(tmp_path / "key.pem", keys.rsa_key(1024))
    (tmp_path / "link.pem").symlink_to(tmp_path / "elsewhere.pem")
    with pytest.raises(UsageError):
        write_key(tmp_path / "link.pem", keys.rsa_key(1024))
    assert (tmp_path / "key.pem").read_text() == "mine"
    assert not (tmp_path / "elsewhere.pem").exists()


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UsageError, match="cannot write"):
        write_key(tmp_path / "nowhere" / "key.pem", keys.rsa_key(1024))


def test_a_record_is_cut_into_strings_that_the_dns_can_hold():
    value = record(keys.rsa_key(2048))
    parts = strings(value)
    assert "".join(parts) == value
    assert [len(part) <= 255 for part in parts] == [True, True]
    assert len(strings(record(keys.ed25519_key()))) == 1
