"""Until when our own certificates are good, and those of others that we have pinned: nobody else tells us in time."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from vigilanza.config import Config

SOON_DAYS = 21.0
DAY_S = 86_400.0
_OURS = ("client_certificate", "signing_certificate")
_PINNED = "peer_certificate"


@dataclass(frozen=True, slots=True)
class OurCertificate:
    """A file of the configuration; `of` is the destination or the part that needs it.

    `until` is UTC in Unix seconds, None if the file cannot be read.
    """

    of: str
    file: Path
    until: float | None

    def complaint(self, now: float) -> str | None:
        """What somebody should look at; None while there is time."""
        if self.until is None:
            return f"{self.file.name} cannot be read"
        days = (self.until - now) / DAY_S
        if days < 0:
            return f"{self.file.name} ran out {-days:.0f} days ago"
        return f"{self.file.name} runs out in {days:.0f} days" if days < SOON_DAYS else None


def our_certificates(config: Config) -> list[OurCertificate]:
    """All that the configuration names."""
    return [*_of_destinations(config), *_of_parts(config)]


def _of_destinations(config: Config) -> Iterator[OurCertificate]:
    for endpoint in config.destinations:
        name = endpoint.destination.id
        for attribute in _OURS:
            if (file := getattr(endpoint.link, attribute, None)) is not None:
                yield OurCertificate(name, file, _until(file))
        if (file := getattr(endpoint.link, _PINNED, None)) is not None:
            yield OurCertificate(name, file, _until(file, pinned=True))


def _of_parts(config: Config) -> Iterator[OurCertificate]:
    parts = {"cap_office": config.cap_office, "onvif_device": config.onvif_device, "video": config.video}
    for name, part in parts.items():
        if part is not None and part.certificate is not None:
            yield OurCertificate(name, part.certificate, _until(part.certificate))


def _until(file: Path, *, pinned: bool = False) -> float | None:
    """Of a chain the first that ends counts; of several that are pinned, for one takes over from another, the last."""
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError):
        return None
    ends = [one.not_valid_after_utc.timestamp() for one in found]
    return max(ends) if pinned else min(ends)
