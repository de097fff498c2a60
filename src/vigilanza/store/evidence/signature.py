"""Keys that sign packages and check points: Ed25519, or ECDSA on P-256 with SHA-256."""

import hashlib
from dataclasses import dataclass
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

_Private: TypeAlias = Ed25519PrivateKey | EllipticCurvePrivateKey
_Public: TypeAlias = Ed25519PublicKey | EllipticCurvePublicKey
_WANTED = "a PEM file with an Ed25519 key or one on the curve P-256"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Tells genuine signatures."""

    _key: _Public

    @classmethod
    def read(cls, pem: bytes) -> "PublicKey":
        """ValueError if it is not such a key."""
        try:
            key = load_pem_public_key(pem)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise ValueError(f"not a public key: give {_WANTED}") from error
        if isinstance(key, Ed25519PublicKey) or (
            isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
        ):
            return cls(key)
        raise ValueError(f"another kind of key: give {_WANTED}")

    @property
    def algorithm(self) -> str:
        """As the manifest names it."""
        return "Ed25519" if isinstance(self._key, Ed25519PublicKey) else "ECDSA-P256-SHA256"

    @property
    def pem(self) -> bytes:
        """SubjectPublicKeyInfo, as openssl reads it."""
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its DER form, in hexadecimal digits."""
        return hashlib.sha256(self._key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()

    def is_genuine(self, signature: bytes, content: bytes) -> bool:
        """Whether this key signed `content`."""
        try:
            if isinstance(self._key, Ed25519PublicKey):
                self._key.verify(signature, content)
            else:
                self._key.verify(signature, content, ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """Does not show itself."""

    _key: _Private

    def __eq__(self, other: object) -> bool:
        """The same key, though it was read twice."""
        return isinstance(other, SigningKey) and self.public.pem == other.public.pem

    def __hash__(self) -> int:
        return hash(self.public.pem)

    @classmethod
    def read(cls, pem: bytes) -> "SigningKey":
        """ValueError if it is not such a key, or needs a password."""
        try:
            key = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise ValueError(f"not a private key, or one with a password: give {_WANTED}") from error
        if isinstance(key, Ed25519PrivateKey) or (
            isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)
        ):
            return cls(key)
        raise ValueError(f"another kind of key: give {_WANTED}")

    @property
    def public(self) -> PublicKey:
        """Its public half."""
        return PublicKey(self._key.public_key())

    def sign(self, content: bytes) -> bytes:
        """64 bytes with Ed25519, DER with P-256."""
        if isinstance(self._key, Ed25519PrivateKey):
            return self._key.sign(content)
        return self._key.sign(content, ECDSA(SHA256()))
