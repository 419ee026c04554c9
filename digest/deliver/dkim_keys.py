"""Keys for DKIM: made, written where nobody else reads them, and their public half as a DNS record."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from digest.deliver.dkim import SigningKey
from digest.errors import UsageError

#: what one string of a TXT record holds, in octets (RFC 1035 3.3)
_STRING: Final = 255


def make_key(bits: int | None) -> SigningKey:
    """A new RSA key of so many bits, or an Ed25519 key without."""
    if bits is None:
        return Ed25519PrivateKey.generate()
    return generate_private_key(public_exponent=65_537, key_size=bits)


def write_key(path: Path, key: SigningKey) -> None:
    """Write `key` in PEM form to a new file for its owner alone; raises `UsageError`, also where one is."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise UsageError(
            f"{path} is there already and stays as it is; name another by --file: mails that were signed "
            "with the old key need its DNS record for some days"
        ) from None
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def record(key: SigningKey) -> str:
    """The value of the TXT record at `SELECTOR._domainkey.DOMAIN` (RFC 6376 3.6.1, RFC 8463 4)."""
    public = key.public_key()
    if isinstance(key, RSAPrivateKey):
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={_base64(der)}"
    return f"v=DKIM1; k=ed25519; p={_base64(public.public_bytes(Encoding.Raw, PublicFormat.Raw))}"


def strings(value: str) -> tuple[str, ...]:
    """`value` cut into strings that a TXT record can hold; receivers join them without a blank."""
    return tuple(value[at : at + _STRING] for at in range(0, len(value), _STRING))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
