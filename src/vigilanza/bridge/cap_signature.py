"""Signatures of CAP messages: enveloped XML-DSig, ECDSA with P-256 and SHA-256, exclusive canonical form.

The certificate travels in KeyInfo, but nobody is believed for it: a peer is known by the certificates pinned before.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from vigilanza.clock import Clock
from vigilanza.domain.errors import ConfigError

DS = "http://www.w3.org/2000/09/xmldsig#"
_EXCLUSIVE = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_NOT_GENUINE = (
    SignXMLException,
    InvalidSignature,
    etree.LxmlError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
)
"""What the library raises on documents that nobody would send by mistake."""


class NotXml(ValueError):
    """The bytes are no XML that may be read."""


class NotGenuine(ValueError):
    """The signature is missing, wrong, not over the whole message, or not the peer's."""


@dataclass(frozen=True, slots=True)
class Genuine:
    """What the signature covers and nothing else, and the bytes it covers (exclusive canonical form)."""

    message: etree._Element
    canonical: bytes


class CapSigner:
    """Signs with one certificate."""

    def __init__(self, name: str, file: Path) -> None:
        """`file`: PEM with our certificate and its P-256 key; `name` begins every error. ConfigError if unusable."""
        try:
            pem = file.read_bytes()
            key = serialization.load_pem_private_key(pem, None)
            certificate = x509.load_pem_x509_certificate(pem)
        except (OSError, ValueError, TypeError) as error:
            raise ConfigError(f"{name}: the signing certificate and its key cannot be used") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ConfigError(f"{name}: the signing key must be an elliptic curve key on P-256")
        if certificate.public_key() != key.public_key():
            raise ConfigError(f"{name}: the signing certificate is not that of the key beside it")
        self._key, self._certificate = key, certificate

    def sign(self, message: etree._Element) -> bytes:
        """The document to send, byte for byte."""
        signer = XMLSigner(
            method=SignatureConstructionMethod.enveloped,
            signature_algorithm=SignatureMethod.ECDSA_SHA256,
            digest_algorithm=DigestAlgorithm.SHA256,
            c14n_algorithm=_EXCLUSIVE,
        )
        signed = signer.sign(message, key=self._key, cert=[self._certificate])
        return bytes(etree.tostring(signed, xml_declaration=True, encoding="UTF-8"))


class CapVerifier:
    """Knows one peer by its certificates: one of them, or several during a change."""

    def __init__(self, name: str, file: Path, clock: Clock) -> None:
        """`file`: PEM with the peer's certificates; `name` begins every error. ConfigError if it cannot be used."""
        self._clock = clock
        self._certificates = read_certificates(name, file)

    @property
    def fingerprints(self) -> frozenset[bytes]:
        """The certificates themselves, in DER."""
        return frozenset(one.public_bytes(serialization.Encoding.DER) for one in self._certificates)

    def verify(self, document: bytes) -> Genuine:
        """What the peer signed. NotXml or NotGenuine: then nothing of the document may be used."""
        root = parse(document)
        _require_whole(root)
        for certificate in self._certificates:
            try:
                return self._verify(root, certificate)
            except _NOT_GENUINE as error:
                failure = error
        raise NotGenuine(f"{type(failure).__name__}") from failure

    def _verify(self, root: etree._Element, certificate: x509.Certificate) -> Genuine:
        config = SignatureConfiguration(
            location="./",
            expect_references=1,
            signature_methods=frozenset({SignatureMethod.ECDSA_SHA256, SignatureMethod.RSA_SHA256}),
            digest_algorithms=frozenset({DigestAlgorithm.SHA256}),
            verification_time=datetime.fromtimestamp(self._clock.now(), UTC),
        )
        result = XMLVerifier().verify(root, x509_cert=certificate, expect_config=config)
        if not isinstance(result, VerifyResult) or result.signed_xml is None:
            raise NotGenuine("nothing is signed")
        return Genuine(result.signed_xml, etree.tostring(result.signed_xml, method="c14n", exclusive=True))


def parse(document: bytes) -> etree._Element:
    """The root; no entity is resolved, nothing fetched, nothing huge read. NotXml if there is a DTD, or no XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(document, parser)
    except (etree.LxmlError, ValueError) as error:
        raise NotXml("not well-formed XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotXml("a document type is not allowed")
    return root


def read_certificates(name: str, file: Path) -> Sequence[x509.Certificate]:
    """All certificates of a PEM file, at least one; ConfigError otherwise."""
    try:
        found = [x509.load_pem_x509_certificate(pem) for pem in _PEM.findall(file.read_bytes())]
    except (OSError, ValueError) as error:
        raise ConfigError(f"{name}: {file.name} cannot be read as certificates") from error
    if not found:
        raise ConfigError(f"{name}: {file.name} holds no certificate")
    return found


def _require_whole(root: etree._Element) -> None:
    """One signature, a child of the root, over the whole document: nothing can be wrapped around what was signed."""
    signatures = list(root.iter(f"{{{DS}}}Signature"))
    if len(signatures) != 1 or signatures[0].getparent() is not root:
        raise NotGenuine("there must be one signature, directly in the message")
    references = signatures[0].findall(f"{{{DS}}}SignedInfo/{{{DS}}}Reference")
    if [reference.get("URI") for reference in references] != [""]:
        raise NotGenuine("the signature must be over the whole message")
