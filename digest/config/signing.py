"""Files with private keys that mails are signed with: read, or what is wrong with them in one sentence."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from digest.errors import UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    _Key: TypeAlias = RSAPrivateKey | Ed25519PrivateKey

#: what receivers take: shorter keys are ignored, longer ones need not be understood (RFC 8301 3.2)
LEAST_BITS: Final = 1024
MOST_BITS: Final = 4096
#: readable or writable by all, or writable by the group; a group that may read is the operator's choice
_OPEN: Final = 0o027
_MAX_BYTES: Final = 100_000


class KeyKind(StrEnum):
    """What a key signs with: `a=rsa-sha256` or `a=ed25519-sha256`."""

    RSA = "rsa"
    ED25519 = "ed25519"


def read_key(path: Path, kind: KeyKind) -> _Key:
    """The private key of this kind in the PEM file at `path`; raises `UsageError`."""
    # needed only where mails are signed, and slow to load
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - heavy
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - heavy
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415 - heavy
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - heavy

    data = _read(path)
    try:
        key = load_pem_private_key(data, password=None)
    except TypeError:
        raise UsageError(f"the key in {path} is locked by a passphrase; digest needs one without") from None
    except (ValueError, UnsupportedAlgorithm):
        raise UsageError(f"{path} holds no private key in PEM form; `digest dkim new` makes one") from None
    wanted = RSAPrivateKey if kind is KeyKind.RSA else Ed25519PrivateKey
    if not isinstance(key, wanted):
        raise UsageError(f"the key in {path} is of another kind; {_WANTED[kind]}")
    if isinstance(key, RSAPrivateKey) and not LEAST_BITS <= key.key_size <= MOST_BITS:
        raise UsageError(
            f"the key in {path} has {key.key_size} bits; receivers take {LEAST_BITS} to {MOST_BITS}, and "
            "2048 is usual"
        )
    return key


_WANTED: Final = {
    KeyKind.RSA: "an RSA key is needed here, and an Ed25519 one goes to mail.dkim.ed25519_key_file",
    KeyKind.ED25519: "an Ed25519 key is needed here, and an RSA one goes to mail.dkim.key_file",
}


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = path.stat().st_mode & 0o777
            data = file.read(_MAX_BYTES)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}; `digest dkim new` makes one") from None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    if mode & _OPEN:
        raise UsageError(
            f"{path} holds a private key, and others may read or change it (mode {mode:04o}): "
            f"chmod 600 {path}"
        )
    return data
