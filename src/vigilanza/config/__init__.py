"""What the YAML file says, checked to the last key, as plain frozen data for the app."""

from vigilanza.config.advice import advice
from vigilanza.config.arming import require_assessment, require_cameras
from vigilanza.config.cap_office import CapOfficeSettings
from vigilanza.config.centre import CentreSettings, RemoteSite
from vigilanza.config.channels import (
    BrokerLink,
    CapLink,
    CentreLink,
    Dc09Link,
    Endpoint,
    Link,
    MqttLink,
    OnvifMqttLink,
    WebhookLink,
    XprotectLink,
)
from vigilanza.config.document import ANALYSIS_FPS, schema
from vigilanza.config.evidence import EvidenceSettings
from vigilanza.config.inforce import in_force
from vigilanza.config.loader import layers, load, read_config
from vigilanza.config.onvif_device import OnvifDevice
from vigilanza.config.plans import PlanSettings
from vigilanza.config.privacy import Controller, Privacy
from vigilanza.config.secret import Secret
from vigilanza.config.settings import (
    Camera,
    Capture,
    Clips,
    Config,
    Credentials,
    Decoding,
    Detection,
    PeopleName,
    Ring,
    Site,
    Storage,
    Web,
)
from vigilanza.config.sharing import SharingSettings
from vigilanza.config.video import Video

__all__ = [
    "ANALYSIS_FPS",
    "BrokerLink",
    "Camera",
    "CapLink",
    "CapOfficeSettings",
    "Capture",
    "CentreLink",
    "CentreSettings",
    "Clips",
    "Config",
    "Controller",
    "Credentials",
    "Dc09Link",
    "Decoding",
    "Detection",
    "Endpoint",
    "EvidenceSettings",
    "Link",
    "MqttLink",
    "OnvifDevice",
    "OnvifMqttLink",
    "PeopleName",
    "PlanSettings",
    "Privacy",
    "RemoteSite",
    "Ring",
    "Secret",
    "SharingSettings",
    "Site",
    "Storage",
    "Video",
    "Web",
    "WebhookLink",
    "XprotectLink",
    "advice",
    "in_force",
    "layers",
    "load",
    "read_config",
    "require_assessment",
    "require_cameras",
    "schema",
]
