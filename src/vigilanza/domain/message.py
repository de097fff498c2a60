"""Under which names messages travel between a site and its centre, and what of them is signed."""

from dataclasses import dataclass

DISPATCHES, PULSES = "vigilanza.dispatches", "vigilanza.pulses"
INSTRUCTIONS, ANSWERS = "vigilanza.instructions", "vigilanza.answers"
PICTURES, COPIES = "vigilanza.pictures", "vigilanza.copies"
SIGNATURE = "Vigilanza-Signature"
"""The header with the base64 of an Ed25519 signature over `signed_part`."""


@dataclass(frozen=True, slots=True)
class Message:
    """As it came: nothing of it is known to be true. `signature` as in the header, empty if there is none."""

    subject: str
    signature: str
    body: bytes


def dispatches(site: str) -> str:
    """The subject of a site's events and decisions."""
    return f"{DISPATCHES}.{_token(site)}"


def pulses(site: str) -> str:
    """The subject of its signs of life."""
    return f"{PULSES}.{_token(site)}"


def instructions(site: str) -> str:
    """The subject of what the centre tells it about work orders."""
    return f"{INSTRUCTIONS}.{_token(site)}"


def answers(site: str) -> str:
    """What its answers to those are signed under; they travel to where the question says."""
    return f"{ANSWERS}.{_token(site)}"


def pictures(site: str) -> str:
    """The subject of what the centre asks of its pictures."""
    return f"{PICTURES}.{_token(site)}"


def copies(site: str) -> str:
    """What its answers to those are signed under."""
    return f"{COPIES}.{_token(site)}"


def site_of(subject: str) -> str:
    """Inverse of those above."""
    return subject.rpartition(".")[2].replace(":", ".")


def signed_part(subject: str, body: bytes) -> bytes:
    """With the subject: what was signed as one thing cannot be sent as another."""
    return subject.encode() + b"\n" + body


def _token(site: str) -> str:
    """NATS divides subjects at dots, which a site may have in its name; it has no colon."""
    return site.replace(".", ":")
