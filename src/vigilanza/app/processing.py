"""`vigilanza privacy report`: what impact assessment and register of processing need, from what is in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from vigilanza import __version__
from vigilanza.app.circumstances import circumstances
from vigilanza.clock import Clock
from vigilanza.config import Camera, Config
from vigilanza.domain.delivery import DestinationKind
from vigilanza.domain.door import Role as DoorRole
from vigilanza.domain.language import Language
from vigilanza.domain.role import PERMISSIONS, Permission, Role
from vigilanza.domain.safeguards import Weakening
from vigilanza.web.page import read_words

_VIEWS = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "reports"),
    autoescape=False,  # Markdown, to be read and pasted by a person
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True, slots=True)
class SeenPlace:
    """What one camera sees, as the assessment lists it; `live`: who may watch it live from outside the page."""

    id: str
    sealed: Sequence[str]
    others: int
    masks: int
    live: Sequence[str]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whoever is told of incidents. `confirmed`: only what a person confirmed; `pictures`: seconds that links hold."""

    id: str
    channel: str
    confirmed: bool
    pictures: float | None


def missing(config: Config) -> tuple[str, ...]:
    """Keys without which the report has gaps, in the order in which they are needed."""
    site, privacy = config.site, config.privacy
    filled = {
        "site.dpia": site.dpia_reference,
        "site.address": site.address,
        "privacy.controllers": privacy.controllers,
        "privacy.officer": privacy.officer,
        "privacy.legal_basis": privacy.legal_basis,
        "privacy.notice": privacy.notice,
        "privacy.signs": privacy.signs,
    }
    return tuple(key for key, value in filled.items() if not value)


def privacy_report(config: Config, waiting: Sequence[Weakening], *, language: Language, clock: Clock) -> str:
    """Markdown: gaps, register entry (GDPR art. 30), facts for the assessment (35), sign, full notice (13).

    Of `config` as it is in force; `waiting`: what its file says besides, and two persons have not approved.
    """
    words = read_words(language)
    view = _VIEWS.get_template(f"privacy.{language}.md")
    return view.render(
        at=datetime.fromtimestamp(clock.now(), UTC).date().isoformat(),
        version=__version__,
        config=config,
        site=config.site,
        privacy=config.privacy,
        controllers=[f"{one.name} ({one.contact})" for one in config.privacy.controllers],
        system=circumstances(config, clock).system(),
        missing=missing(config),
        waiting=[_worded(words[f"safeguards.{one.kind}"], one) for one in waiting],
        places=[_place(camera, config) for camera in config.cameras],
        recipients=_recipients(config),
        viewers=[role for role in Role if Permission.SEE_PICTURES in PERMISSIONS[role]],
    )


def _place(camera: Camera, config: Config) -> SeenPlace:
    sealed = [door.id for door in camera.doors if door.role is DoorRole.SEALED]
    accounts = config.video.accounts if config.video is not None else ()
    live = [one.name for one in accounts if one.cameras is None or camera.id in one.cameras]
    return SeenPlace(camera.id, sealed, len(camera.doors) - len(sealed), len(camera.masks), live)


def _worded(words: str, weaker: Weakening) -> str:
    """As the page says it."""
    return words.format(subject=weaker.subject, item=weaker.item, was=weaker.was or "-", becomes=weaker.becomes or "-")


def _recipients(config: Config) -> list[Recipient]:
    """With those that are owed alerts, though nobody knows any more how they are reached."""
    reached = [(one.destination, one.channel, one.pictures) for one in config.destinations]
    found = [*reached, *((one, "-", None) for one in config.owed)]
    return [
        Recipient(one.id, channel, one.kind is DestinationKind.CONTROL_ROOM, pictures)
        for one, channel, pictures in found
    ]
