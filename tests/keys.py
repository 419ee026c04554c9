"""Keys for DKIM that are made once for a run of the tests, and a DNS that knows them."""

import base64
from contextlib import contextmanager
from functools import cache

import dkim
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa


@cache
def rsa_key(bits=2048, number=1):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ed25519_key():
    return ed25519.Ed25519PrivateKey.generate()


def pem(key, form=serialization.PrivateFormat.PKCS8, password=None):
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, lock)


def write(path, key, mode=0o600):
    path.write_bytes(pem(key))
    path.chmod(mode)
    return path


def record(key):
    """What the DNS must say of a key, put together here and not by digest."""
    public = key.public_key()
    if isinstance(key, rsa.RSAPrivateKey):
        der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return "v=DKIM1; k=rsa; p=" + base64.b64encode(der).decode()
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return "v=DKIM1; k=ed25519; p=" + base64.b64encode(raw).decode()


def dns(records):
    """A resolver for dkimpy that knows `records` by name, and nothing else."""

    def look_up(name, timeout=5):
        return records.get(name.decode().rstrip("."), "").encode() or None

    return look_up


class _VerifyKey:
    """What dkimpy asks of PyNaCl to verify Ed25519, by `cryptography`; all the rest is dkimpy's own."""

    def __init__(self, key, encoder):
        self._key = ed25519.Ed25519PublicKey.from_public_bytes(encoder.decode(key))

    def verify(self, text, signature):
        try:
            self._key.verify(signature, text)
        except InvalidSignature as error:
            raise _Nacl.exceptions.BadSignatureError from error


class _Nacl:
    class exceptions:  # noqa: N801 - a module's name
        class BadSignatureError(Exception):
            pass

    class encoding:  # noqa: N801
        class Base64Encoder:
            decode = staticmethod(base64.b64decode)

    class signing:  # noqa: N801
        VerifyKey = _VerifyKey


@contextmanager
def with_ed25519():
    """dkimpy can verify Ed25519, whether or not PyNaCl is there."""
    before = getattr(dkim, "nacl", None)
    dkim.nacl = _Nacl
    try:
        yield
    finally:
        if before is None:
            del dkim.nacl
        else:
            dkim.nacl = before
