"""`vigilanza certificate`: a certificate for the page, for who has none of an office's own."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509

from vigilanza.app.wholefile import write_whole
from vigilanza.clock import Clock

AUTHORITY, CERTIFICATE, KEY = "authority.pem", "page.pem", "page.key"
HERE = ("localhost", "127.0.0.1", "::1")
LASTS = timedelta(days=820)
"""Some browsers take none that lasts longer."""
SOON = timedelta(days=30)
NAMES_MAX = 32


def make_certificate(folder: Path, names: Sequence[str], *, clock: Clock) -> bool:
    """Write AUTHORITY, CERTIFICATE and KEY for this machine's own names and `names`; False if there is a good one.

    Made anew is what ends within SOON. The key of the authority is kept by nobody, so that it vouches for nothing else.
    OSError; ValueError if a name is none.
    """
    now, certificate = datetime.fromtimestamp(clock.now(), UTC), folder / CERTIFICATE
    if _lasts(certificate, now + SOON):
        return False
    authority = trustme.CA(organization_name="Vigilanza", organization_unit_name="authority of one machine")
    issued = authority.issue_cert(*dict.fromkeys([*HERE, *names]), not_after=now + LASTS)
    chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
    certificate.unlink(missing_ok=True)  # last of all, so that what is there is whole
    write_whole(folder / AUTHORITY, authority.cert_pem.bytes())
    write_whole(folder / KEY, issued.private_key_pem.bytes(), private=True)
    write_whole(certificate, chain)
    return True


def _lasts(certificate: Path, until: datetime) -> bool:
    try:
        return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc > until
    except FileNotFoundError:
        return False
