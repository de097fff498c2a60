"""The configuration as the app receives it: plain, frozen, complete, with paths made absolute."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TypeAlias

from vigilanza.config.cap_office import CapOfficeSettings
from vigilanza.config.channels import Endpoint
from vigilanza.config.evidence import EvidenceSettings
from vigilanza.config.networks import Network
from vigilanza.config.onvif_device import OnvifDevice
from vigilanza.config.plans import PlanSettings
from vigilanza.config.privacy import Privacy
from vigilanza.config.secret import Secret
from vigilanza.config.video import Video
from vigilanza.domain.callee import Callee
from vigilanza.domain.delivery import Destination
from vigilanza.domain.door import Door, Polygon
from vigilanza.domain.flagrance import FLAGRANTE_SECONDS
from vigilanza.domain.identity import ProviderTerms
from vigilanza.domain.premises import Position, Unit
from vigilanza.domain.safeguards import Safeguards


@dataclass(frozen=True, slots=True)
class Site:
    """A block of flats. `timezone` is an IANA name; the DPIA is the impact assessment's reference and date.

    The others as in `Premises`.
    """

    id: str
    name: str
    timezone: str
    dpia_reference: str | None
    dpia_date: date | None
    address: str | None = None
    municipality: str | None = None
    istat: str | None = None
    manager: str | None = None
    position: Position | None = None
    production: bool = False
    flagrante_seconds: float = FLAGRANTE_SECONDS


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a camera wants to hear."""

    user: str
    password: Secret


Decoding: TypeAlias = Literal["late", "full"]
"""`late`: key frames while the scene is quiet, then what was left out; `full`: every picture."""


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera. A stream is an RTSP URL or an onvif(s):// address (`str`), without credentials, or a file (`Path`).

    An onvif(s):// address names its profile: main, sub or a token.
    `substream` None means that `source` itself is analysed; `masks` are blackened before anything is stored or shown.
    An rtsps:// or onvifs:// camera is known by `ca_file`, and by `tls_name` where its certificate does not name its
    address.
    """

    id: str
    source: str | Path
    substream: str | Path | None
    transport: Literal["tcp", "udp"]
    credentials: Credentials | None
    analysis_fps: float
    doors: tuple[Door, ...]
    masks: tuple[Polygon, ...]
    decoding: Decoding = "late"
    ca_file: Path | None = None
    tls_name: str | None = None

    @property
    def analysed(self) -> str | Path:
        """The stream that is looked at."""
        return self.source if self.substream is None else self.substream


PeopleName: TypeAlias = Literal["movenet-onnx", "movenet-openvino", "ultralytics"]
"""Who finds people."""


@dataclass(frozen=True, slots=True)
class Detection:
    """Who finds people, and with which weights; `model` None means the shipped ones."""

    people: PeopleName = "movenet-onnx"
    model: Path | None = None


@dataclass(frozen=True, slots=True)
class Storage:
    """Where things are kept. `database` is an SQLAlchemy URL without password; megabytes are 1,000,000 bytes."""

    database: str
    database_password: Secret | None
    media: Path
    state: Path
    retention_hours: int
    retention_reason: str | None
    reserve_megabytes: int = 1000


@dataclass(frozen=True, slots=True)
class Web:
    """Where the operator's page listens; port 0 means any free one.

    `public_url`, without a slash at its end: where others find it; `pictures_key` signs links to pictures. None of both
    where nobody outside may have pictures. `totp` required: supervisors sign in with a one-time code. `oidc`: who
    else may say who is signing in. `camera_networks`: where its server may look for cameras. `certificate` and `key`
    None: HTTP without encryption. `evaluation`: what `vigilanza evaluate` wrote of the detection.
    """

    host: str
    port: int
    public_url: str | None = None
    pictures_key: Secret | None = None
    totp: Literal["optional", "required"] = "optional"
    oidc: ProviderTerms | None = None
    camera_networks: tuple[Network, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    evaluation: Path | None = None


@dataclass(frozen=True, slots=True)
class Clips:
    """Seconds kept before and after an event."""

    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Ring:
    """Bounds of each camera's packet ring: seconds, and size in units of 1,000,000 bytes."""

    seconds: float
    max_megabytes: int


@dataclass(frozen=True, slots=True)
class Capture:
    """More cameras than `cameras_per_process` are watched by several processes."""

    cameras_per_process: int = 16


@dataclass(frozen=True, slots=True)
class Config:
    """Everything; `path` is the file it came from. `onvif_device` None: the site is no ONVIF device.

    `video` None: nobody may watch live; `evidence` None: no package is sealed. `safeguards`: what the file says of
    them; `owed` are alerts, too, though nobody knows any more how these destinations are reached. `accepted`: the copy
    that was read in place of the file, because what is in the file is taken over only once it was found good.
    """

    path: Path
    site: Site
    cameras: tuple[Camera, ...]
    detection: Detection
    units: tuple[Unit, ...]
    destinations: tuple[Endpoint, ...]
    storage: Storage
    web: Web
    clips: Clips
    ring: Ring
    capture: Capture
    privacy: Privacy
    safeguards: Safeguards
    onvif_device: OnvifDevice | None = None
    video: Video | None = None
    cap_office: CapOfficeSettings | None = None
    evidence: EvidenceSettings | None = None
    plans: tuple[PlanSettings, ...] = ()
    phone_book: tuple[Callee, ...] = ()
    owed: tuple[Destination, ...] = ()
    accepted: Path | None = None
