"""Time stamps (RFC 3161): what an authority must have signed, and when it says it did."""

from collections.abc import Sequence

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from vigilanza.store.evidence.dossier import iso
from vigilanza.store.evidence.finding import Code, Finding


def question(content: bytes) -> bytes:
    """A TimeStampReq in DER for the SHA-256 of `content`; the authority is told nothing else."""
    wanted = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True)
    return wanted.cert_request(cert_request=True).build().as_bytes()


def read_authority(pem: bytes) -> list[Certificate]:
    """ValueError if there is no certificate."""
    return load_pem_x509_certificates(pem)


def check_stamp(stamp: bytes, content: bytes, authority: Sequence[Certificate] | None) -> Finding:
    """Whether it stamps `content`, and `authority` (its root, and what is between) gave it; None: not asked."""
    try:
        # The parser refuses tokens whose certificates are not in DER's order, as openssl's `certs` setting makes them.
        answer = decode_timestamp_response(stamp)
        at = iso(answer.tst_info.gen_time.timestamp())
        if authority is None:
            return Finding(Code.STAMP_NOT_TRUSTED, at)
        _verify(answer, content, authority)
    except (ValueError, VerificationError) as error:
        return Finding(Code.STAMP_WRONG, " ".join(str(error).split()))
    return Finding(Code.STAMP_HOLDS, at)


def _verify(answer: TimeStampResponse, content: bytes, authority: Sequence[Certificate]) -> None:
    builder = VerifierBuilder()
    for certificate in authority:
        if certificate.issuer == certificate.subject:
            builder = builder.add_root_certificate(certificate)
        else:
            builder = builder.add_intermediate_certificate(certificate)
    builder.build().verify_message(answer, content)
