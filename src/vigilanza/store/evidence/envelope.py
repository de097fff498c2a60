"""Pictures that only two people together can open: a CMS envelope (RFC 5652) for one, within it one for the other.

`openssl cms -decrypt`, once with each key, is all that it takes to open one.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options
from cryptography.x509 import Certificate, load_pem_x509_certificate

KEY_BITS_MIN = 3072
"""NIST SP 800-57 part 1: 128 bits of security."""


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Somebody who keeps the private key that belongs to this certificate away from this machine."""

    name: str
    certificate: Certificate


def read_certificate(pem: bytes) -> Certificate:
    """Of a key holder. ValueError says what is wrong with it."""
    try:
        certificate = load_pem_x509_certificate(pem)
        key = certificate.public_key()
    except ValueError as error:
        raise ValueError("no certificate in PEM") from error
    if not isinstance(key, RSAPublicKey) or key.key_size < KEY_BITS_MIN:
        raise ValueError(f"a certificate whose key is not RSA of {KEY_BITS_MIN} bits or more")
    return certificate


def seal(content: bytes, holders: tuple[KeyHolder, KeyHolder]) -> bytes:
    """DER; the first of the holders opens the outer envelope, the second the one that is in it."""
    for holder in reversed(holders):
        content = (
            PKCS7EnvelopeBuilder()
            .set_data(content)
            .set_content_encryption_algorithm(AES256)
            .add_recipient(holder.certificate)
            .encrypt(Encoding.DER, [PKCS7Options.Binary])
        )
    return content
