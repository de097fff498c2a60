"""Certificates of cameras: signed by an authority, or by nobody but themselves."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from vigilanza.clock import SystemClock


@dataclass(frozen=True, slots=True)
class Identity:
    """What a camera speaks TLS with, the file to know it by, and its certificate itself (PEM)."""

    server: ssl.SSLContext
    ca_file: Path
    certificate: bytes


def signed(folder: Path, name: str) -> Identity:
    """By an authority of its own."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued = authority.issue_cert(name)
    issued.configure_cert(context)
    authority.cert_pem.write_to_path(folder / "authority.pem")
    return Identity(context, folder / "authority.pem", issued.cert_chain_pems[0].bytes())


def certified(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, name: str) -> bytes:
    """The certificate of a key, signed by itself, in PEM."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now, day = datetime.fromtimestamp(SystemClock().now(), UTC), timedelta(days=1)
    builder = x509.CertificateBuilder(subject_name=subject, issuer_name=subject, public_key=key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - day).not_valid_after(now + day)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def self_signed(folder: Path, name: str) -> Identity:
    """As cameras come from the factory: a name in the subject that is no address."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = certified(key, name)
    (folder / "camera.pem").write_bytes(certificate)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "camera.key").write_bytes(key.private_bytes(*form))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "camera.pem", folder / "camera.key")
    return Identity(context, folder / "camera.pem", certificate)
