"""A stand-in for somebody who speaks CAP: a certificate, and signed answers."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod
from signxml.signer import XMLSigner

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
_ROME = ZoneInfo("Europe/Rome")


@dataclass(frozen=True, slots=True)
class CapParty:
    """`file`: PEM with certificate and key; `public_file`: the certificate alone, for others to pin."""

    name: str
    file: Path
    public_file: Path

    def sign(self, message: etree._Element, *, reference: str | None = None) -> bytes:
        """Enveloped, ECDSA with SHA-256, exclusive canonical form; over the whole, or what `reference` (#id) names."""
        signer = XMLSigner(
            method=SignatureConstructionMethod.enveloped,
            signature_algorithm="ecdsa-sha256",
            c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        )
        pem = self.file.read_bytes()
        signed = signer.sign(
            message, key=_key(pem), cert=[x509.load_pem_x509_certificate(pem)], reference_uri=reference
        )
        return bytes(etree.tostring(signed))

    def reply(
        self,
        references: Sequence[str],
        *,
        at: float,
        kind: str = "Ack",
        status: str = "Exercise",
        note: str = "Ricevuto",
        identifier: str | None = None,
    ) -> etree._Element:
        """An unsigned Ack or Error to the messages named by `references` (sender,identifier,sent)."""
        message = etree.Element(f"{{{CAP}}}alert", nsmap={None: CAP})
        for tag, text in (
            ("identifier", identifier or f"ACK-{uuid4()}"),
            ("sender", f"{self.name}@comune.example.it"),
            ("sent", datetime.fromtimestamp(int(at), _ROME).isoformat()),
            ("status", status),
            ("msgType", kind),
            ("scope", "Private"),
            ("addresses", '"vigilanza@aler.example.it"'),
            ("note", note),
            ("references", " ".join(references)),
        ):
            etree.SubElement(message, f"{{{CAP}}}{tag}").text = text
        return message


def make_party(folder: Path, name: str, *, at: float, authority: bool = False) -> CapParty:
    """A new certificate on P-256, good for a day around `at`, for localhost. `authority`: it may issue others."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = [x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))]
    certificate = (
        _builder(subject, subject, key.public_key(), at, authority=authority)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _keep(folder, name, key, certificate)


def issue_party(folder: Path, name: str, *, at: float, issuer: CapParty) -> CapParty:
    """Like `make_party`, but issued by `issuer`."""
    pem = issuer.file.read_bytes()
    theirs, by = _key(pem), x509.load_pem_x509_certificate(pem)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = _builder(subject, by.subject, key.public_key(), at, authority=False)
    return _keep(folder, name, key, builder.sign(theirs, hashes.SHA256()))


def _key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, at: float, *, authority: bool
) -> x509.CertificateBuilder:
    now, day = datetime.fromtimestamp(at, UTC), timedelta(days=1)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )


def _keep(folder: Path, name: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> CapParty:
    folder.mkdir(parents=True, exist_ok=True)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = certificate.public_bytes(serialization.Encoding.PEM)
    file, public_file = folder / f"{name}.pem", folder / f"{name}.crt"
    public_file.write_bytes(public)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        opened.write(key.private_bytes(*form) + public)
    return CapParty(name, file, public_file)
