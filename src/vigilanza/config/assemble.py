"""From the checked document to plain data: domain types, absolute paths, resolved secrets."""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from vigilanza.capture.onvif_target import is_onvif
from vigilanza.config.channels import AnyDestinationPart, Endpoint
from vigilanza.config.document import CameraPart, CredentialsPart, Document, DoorPart, StoragePart, WebPart
from vigilanza.config.fields import Surroundings
from vigilanza.config.networks import read_network
from vigilanza.config.onvif_device import OnvifDevice
from vigilanza.config.place import SitePart
from vigilanza.config.safeguards import safeguards_of
from vigilanza.config.secret import Secret, from_environment, from_file
from vigilanza.config.settings import (
    Camera,
    Capture,
    Clips,
    Config,
    Credentials,
    Detection,
    Ring,
    Site,
    Storage,
    Web,
)
from vigilanza.domain.door import Contact, Door, Polygon, Role
from vigilanza.domain.premises import Unit


def assemble(document: Document, *, path: Path, around: Surroundings) -> Config:
    """`document` has passed every check."""
    privacy = document.privacy.privacy(around)
    return Config(
        path=path,
        site=_site(document.site),
        cameras=tuple(camera_of(part, around) for part in document.cameras),
        detection=Detection(document.detection.people, around.path(document.detection.model)),
        units=tuple(Unit(part.id, part.stair, part.floor, part.number, part.zone) for part in document.units),
        destinations=tuple(endpoint_of(part, around) for part in document.destinations if not around.offline),
        storage=_storage(document.storage, around),
        web=_web(document.web, around),
        clips=Clips(document.clips.before, document.clips.after),
        ring=Ring(document.ring.seconds, document.ring.max_megabytes),
        capture=Capture(document.capture.cameras_per_process),
        privacy=privacy,
        safeguards=safeguards_of(document, privacy.originals or ()),
        onvif_device=_onvif_device(document, around),
        video=document.video.video(around, document.onvif_device) if document.video and not around.offline else None,
        cap_office=document.cap_office.settings(around) if document.cap_office and not around.offline else None,
        plans=tuple(part.settings(around) for part in document.plans),
        phone_book=tuple(part.callee() for part in document.phone_book),
        centre=document.centre.settings(around) if document.centre and not around.offline else None,
        evidence=document.evidence.settings(around) if document.evidence and not around.offline else None,
        sharing=document.sharing.settings(around) if document.sharing else None,
    )


def _site(part: SitePart) -> Site:
    dpia = part.dpia
    return Site(
        part.id,
        part.name,
        part.timezone,
        dpia.reference if dpia else None,
        dpia.date if dpia else None,
        address=part.address,
        municipality=part.municipality,
        istat=part.istat,
        manager=part.manager,
        position=part.at(),
        production=part.production,
        flagrante_seconds=part.flagrante_hours * 3600.0,
    )


def camera_of(part: CameraPart, around: Surroundings) -> Camera:
    """One camera; its part has passed every check."""
    return Camera(
        id=part.id,
        source=_profiled(_stream(part.source, around), "main"),
        substream=_substream(part, around),
        transport=part.transport,
        credentials=_credentials(part.credentials, around),
        analysis_fps=part.analysis_fps,
        decoding=part.decoding,
        doors=tuple(door_of(door) for door in part.doors),
        masks=tuple(polygon_of(mask) for mask in part.masks),
        ca_file=around.path(part.ca_file),
        tls_name=part.tls_name,
    )


def _stream(value: str, around: Surroundings) -> str | Path:
    scheme, separator, rest = value.partition("://")
    return f"{scheme.lower()}://{rest}" if separator else (around.folder / value).resolve()


def _substream(part: CameraPart, around: Surroundings) -> str | Path | None:
    """A camera that is asked by ONVIF has a sub stream by itself, unless a profile is named."""
    if part.substream is not None:
        return _profiled(_stream(part.substream, around), "sub")
    source = _stream(part.source, around)
    return _profiled(source, "sub") if _names_no_profile(source) else None


def _profiled(stream: str | Path, profile: str) -> str | Path:
    return f"{str(stream).rstrip('/')}/{profile}" if _names_no_profile(stream) else stream


def _names_no_profile(stream: str | Path) -> bool:
    return is_onvif(stream) and "/" not in str(stream).partition("://")[2].rstrip("/")


def _credentials(part: CredentialsPart | None, around: Surroundings) -> Credentials | None:
    password = None if part is None else _secret(part.password_env, part.password_file, around)
    return None if part is None or password is None else Credentials(part.user, password)


def _secret(variable: str | None, file: str | None, around: Surroundings) -> Secret | None:
    if around.offline:
        return None
    if variable is not None:
        return from_environment(variable, around.environ)
    return None if file is None else from_file(around.folder / file)


def door_of(part: DoorPart) -> Door:
    """In the words of the domain."""
    contact = Contact(part.contact.input, part.contact.open_when == "high") if part.contact else None
    return Door(part.id, Role(part.role), polygon_of(part.leaf), polygon_of(part.floor), contact)


def polygon_of(points: Iterable[tuple[float, float]]) -> Polygon:
    """In the words of the domain."""
    return tuple((x, y) for x, y in points)


def endpoint_of(part: AnyDestinationPart, around: Surroundings) -> Endpoint:
    """A destination and its link; its part has passed every check."""
    return Endpoint(part.destination(), part.channel, part.link(around), part.telephone, part.pictures_for())


def _onvif_device(document: Document, around: Surroundings) -> OnvifDevice | None:
    part = document.onvif_device
    return None if part is None or around.offline else part.device(around)


def _web(part: WebPart, around: Surroundings) -> Web:
    url = None if part.public_url is None else part.public_url.rstrip("/")
    key = _secret(part.pictures_key_env, part.pictures_key_file, around)
    oidc = part.oidc.settings(around) if part.oidc is not None and not around.offline else None
    return Web(
        part.host,
        part.port,
        public_url=url,
        pictures_key=key,
        totp=part.totp,
        oidc=oidc,
        camera_networks=tuple(map(read_network, part.camera_networks)),
        certificate=around.path(part.certificate_file),
        key=around.path(part.key_file),
        evaluation=around.path(part.evaluation_file),
    )


def _storage(part: StoragePart, around: Surroundings) -> Storage:
    return Storage(
        database=_database(part, around.folder),
        database_password=_secret(part.database_password_env, part.database_password_file, around),
        media=(around.folder / part.media).resolve(),
        state=(around.folder / part.state).resolve(),
        retention_hours=part.retention_hours,
        retention_reason=part.retention_reason,
        reserve_megabytes=part.reserve_megabytes,
    )


def _database(part: StoragePart, folder: Path) -> str:
    """An SQLAlchemy URL that names its driver and carries no password."""
    scheme, _, rest = part.database.partition("://")
    if scheme == "sqlite":
        return f"sqlite:///{(folder / rest.removeprefix('/')).resolve()}"
    user = f"{quote(part.database_user, safe='')}@" if part.database_user else ""
    return f"postgresql+psycopg://{user}{rest}"
