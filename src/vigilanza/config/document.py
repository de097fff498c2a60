"""The shape of the YAML: every key with its unit and default. Checked by pydantic, published as JSON Schema."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from vigilanza.config.cap_office import CapOfficePart
from vigilanza.config.channels import AnyDestinationPart
from vigilanza.config.evidence import EvidencePart
from vigilanza.config.fields import (
    Database,
    ExistingFile,
    FloorOutline,
    Identifier,
    Outline,
    SecretFile,
    SecretVariable,
    Stream,
    Text,
)
from vigilanza.config.networks import PRIVATE, CameraNetwork
from vigilanza.config.oidc import OidcPart
from vigilanza.config.onvif_device import OnvifDevicePart
from vigilanza.config.part import STRICT
from vigilanza.config.phonebook import CalleePart
from vigilanza.config.picturefields import PicturesKeyFile, PicturesKeyVariable, PublicUrl
from vigilanza.config.place import SitePart, UnitPart
from vigilanza.config.plans import PlanPart
from vigilanza.config.privacy import PrivacyPart
from vigilanza.config.settings import Decoding, PeopleName
from vigilanza.config.video import VideoPart

ANALYSIS_FPS = 5.0
"""Pictures analysed per second, if the camera does not say otherwise."""


class _Part(BaseModel):
    model_config = STRICT


class CredentialsPart(_Part):
    """What the camera wants to hear; exactly one of password_env and password_file."""

    user: Annotated[Text, Field(description="User name.")]
    password_env: Annotated[SecretVariable | None, Field(description="Environment variable with the password.")] = None
    password_file: Annotated[SecretFile | None, Field(description="File that holds the password.")] = None


class ContactPart(_Part):
    """A contact at the door, told by the camera over ONVIF."""

    input: Annotated[
        str,
        Field(
            min_length=1, max_length=64, description="Name of the camera's digital input, as `vigilanza watch` logs it."
        ),
    ]
    open_when: Annotated[Literal["high", "low"], Field(description="State of the input while the door is open.")] = (
        "high"
    )


class DoorPart(_Part):
    """A door as this camera sees it."""

    id: Annotated[Identifier, Field(description="Code of the unit behind the door.")]
    role: Annotated[
        Literal["sealed", "neighbour", "lift", "other"], Field(description="Only sealed doors are watched.")
    ]
    leaf: Annotated[Outline, Field(description="Outline of the closed leaf, [x, y] in 0..1 of the picture.")]
    floor: Annotated[
        FloorOutline, Field(description="Floor in front of it, about 0.9 m deep; [] if outside the picture.")
    ] = []  # pydantic copies defaults
    contact: Annotated[ContactPart | None, Field(description="Default: none.")] = None


class CameraPart(_Part):
    """One camera."""

    id: Annotated[Identifier, Field(description="Name of the camera.")]
    source: Annotated[
        Stream, Field(description="Main stream: rtsp(s):// URL without credentials, onvif(s)://HOST[:PORT], or a file.")
    ]
    substream: Annotated[
        Stream | None,
        Field(description="Small stream for analysis; default: source, with onvif(s):// its sub profile."),
    ] = None
    transport: Annotated[Literal["tcp", "udp"], Field(description="How RTSP carries the pictures.")] = "tcp"
    credentials: Annotated[CredentialsPart | None, Field(description="Default: the camera asks for none.")] = None
    ca_file: Annotated[
        ExistingFile | None,
        Field(description="PEM file to know an rtsps:// or onvifs:// camera by: its authority or itself."),
    ] = None
    tls_name: Annotated[
        Text | None, Field(description="Name in the certificate of such a camera; default: the URL's host.")
    ] = None
    analysis_fps: Annotated[float, Field(ge=2, le=15, description="Pictures analysed per second.")] = ANALYSIS_FPS
    decoding: Annotated[
        Decoding, Field(description="late: key frames only while the scene is quiet; full: every picture, always.")
    ] = "late"
    doors: Annotated[list[DoorPart], Field(max_length=64, description="Every door in view.")] = []
    masks: Annotated[
        list[Outline], Field(max_length=64, description="Polygons blackened before anything is stored or shown.")
    ] = []  # pydantic copies defaults


class DetectionPart(_Part):
    """Who finds people in the pictures, for all cameras."""

    people: Annotated[
        PeopleName,
        Field(description="The network and the library that runs it; the last two are extras to install."),
    ] = "movenet-onnx"
    model: Annotated[
        ExistingFile | None,
        Field(description="File with the weights; default: the shipped ones. Needed for ultralytics, which has none."),
    ] = None


class StoragePart(_Part):
    """Where things are kept; relative paths start at the YAML's folder."""

    database: Annotated[Database, Field(description="sqlite:///FILE or postgresql://HOST/NAME.")] = (
        "sqlite:///var/vigilanza.db"
    )
    database_user: Annotated[Text | None, Field(description="PostgreSQL user.")] = None
    database_password_env: Annotated[SecretVariable | None, Field(description="Variable with its password.")] = None
    database_password_file: Annotated[SecretFile | None, Field(description="File with its password.")] = None
    media: Annotated[Text, Field(description="Folder of clips and stills.")] = "var/media"
    state: Annotated[Text, Field(description="Folder of sealed references and spools.")] = "var/state"
    retention_hours: Annotated[
        Literal[24, 48, 72, 168], Field(description="Hours after which clips and stills must be gone.")
    ] = 24
    retention_reason: Annotated[Text | None, Field(description="Why more than 24 hours; required then.")] = None
    reserve_megabytes: Annotated[
        int,
        Field(ge=0, le=1_000_000, description="Megabytes (1,000,000 bytes) left free on the disk of media."),
    ] = 1000


class WebPart(_Part):
    """Where the operator's page listens."""

    host: Annotated[Text, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="TCP port; 0: any free one.")] = 8080
    certificate_file: Annotated[
        ExistingFile | None, Field(description="PEM file with the page's certificate; default: none, plain HTTP.")
    ] = None
    key_file: Annotated[ExistingFile | None, Field(description="PEM file with its key.")] = None
    totp: Annotated[
        Literal["optional", "required"], Field(description="required: supervisors sign in with a one-time code, too.")
    ] = "optional"
    public_url: Annotated[
        PublicUrl | None, Field(description="https:// address under which destinations fetch pictures; default none.")
    ] = None
    pictures_key_env: Annotated[
        PicturesKeyVariable | None, Field(description="Variable with the key that signs the links to pictures.")
    ] = None
    pictures_key_file: Annotated[PicturesKeyFile | None, Field(description="File that holds it.")] = None
    oidc: OidcPart | None = None
    evaluation_file: Annotated[
        ExistingFile | None,
        Field(description="evaluation.json of `vigilanza evaluate --report`, shown in the statistics; default: none."),
    ] = None
    camera_networks: Annotated[
        list[CameraNetwork],
        Field(max_length=64, description="Where the page may look for cameras; default: private networks."),
    ] = list(PRIVATE)  # pydantic copies defaults


class ClipsPart(_Part):
    """Length of an incident's clip."""

    before: Annotated[float, Field(ge=0, le=60, description="Seconds before the event.")] = 15.0
    after: Annotated[float, Field(ge=5, le=300, description="Seconds after it.")] = 45.0


class CapturePart(_Part):
    """How the work on many cameras is divided."""

    cameras_per_process: Annotated[
        int, Field(ge=1, le=64, description="More cameras than this are watched by several processes.")
    ] = 16


class RingPart(_Part):
    """What each camera's packet ring may hold; the first bound reached counts."""

    seconds: Annotated[float, Field(ge=10, le=3600, description="Seconds of compressed video.")] = 120.0
    max_megabytes: Annotated[int, Field(ge=1, le=4096, description="Megabytes (1,000,000 bytes).")] = 64


class Document(_Part):
    """Configuration of Vigilanza: one site, its cameras, and who is told."""

    site: SitePart
    cameras: Annotated[list[CameraPart], Field(min_length=1, description="At least one.")]
    detection: DetectionPart = DetectionPart()
    units: Annotated[list[UnitPart], Field(description="The flats, as alerts tell them.")] = []
    plans: Annotated[list[PlanPart], Field(max_length=64, description="Floor plans that the page shows.")] = []
    destinations: Annotated[list[AnyDestinationPart], Field(description="Who is owed alerts.")] = []
    phone_book: Annotated[list[CalleePart], Field(max_length=32, description="Who may be telephoned, too.")] = []
    onvif_device: OnvifDevicePart | None = None
    video: VideoPart | None = None
    cap_office: CapOfficePart | None = None
    evidence: EvidencePart | None = None
    storage: StoragePart = StoragePart()
    privacy: PrivacyPart = PrivacyPart()
    web: WebPart = WebPart()
    clips: ClipsPart = ClipsPart()
    ring: RingPart = RingPart()
    capture: CapturePart = CapturePart()


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the YAML, for editors; what it cannot say, `load` still checks."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Document.model_json_schema()}
