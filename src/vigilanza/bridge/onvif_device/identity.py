"""Who the site is as a device: the same over HTTP as to those who search the network."""

from dataclasses import dataclass
from urllib.parse import quote
from uuid import uuid5

from vigilanza.bridge.onvif_device.place import Place
from vigilanza.domain.events import NAMESPACE

_SCOPE = "onvif://www.onvif.org"


@dataclass(frozen=True, slots=True)
class Identity:
    """`endpoint` is a urn:uuid that is always the same for a site; `scopes` are URIs, none of which claims a profile:
    a `Profile/…` scope says that the device conforms to it, which nobody has tested.
    """

    endpoint: str
    scopes: tuple[str, ...]
    discoverable: bool

    @staticmethod
    def of(place: Place, *, streams: bool, discoverable: bool) -> "Identity":
        """`streams`: whether there is live video."""
        scopes = (
            *((f"{_SCOPE}/type/video_encoder",) if streams else ()),
            f"{_SCOPE}/hardware/vigilanza",
            f"{_SCOPE}/name/{quote(place.name, safe='')}",
            f"{_SCOPE}/location/{quote(place.site, safe='')}",
        )
        return Identity(f"urn:uuid:{uuid5(NAMESPACE, f'onvif device/{place.site}')}", scopes, discoverable)
