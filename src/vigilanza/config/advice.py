"""What is allowed but probably not meant."""

from collections import defaultdict
from collections.abc import Iterator

from vigilanza.capture.onvif_target import is_onvif
from vigilanza.config.fields import is_loopback
from vigilanza.config.settings import Camera, Config
from vigilanza.domain.delivery import MINIMUM_AVS, DestinationKind
from vigilanza.domain.door import Role
from vigilanza.domain.errors import PlanUnusable
from vigilanza.store.planfile import read_plan


def advice(config: Config, *, offline: bool = False) -> tuple[str, ...]:
    """Warnings for the person who wrote the configuration, one sentence each.

    `offline`, as in load: nothing is said of what lies at the site.
    """
    cameras = (line for camera in config.cameras for line in _camera(camera))
    said = (*_site(config), *cameras, *_doors(config))
    return said if offline else (*_reached(config), *_rooms(config), *said, *_plans(config))


def _site(config: Config) -> Iterator[str]:
    if config.site.dpia_reference is None:
        yield "site.dpia: no impact assessment is recorded; cameras outside this machine are not watched without one"
    if config.onvif_device is not None and config.onvif_device.certificate is None:
        yield "onvif_device.plain_http: events can be read, and answers forged, by anybody on the way"
    if config.video is not None and config.video.certificate is None:
        yield "video.plain_rtsp: the pictures can be seen by anybody on the way"
    if config.storage.retention_hours > 72:
        yield f"storage.retention_hours: {config.storage.retention_hours} h need a justification in the assessment"
    if config.privacy.interiors == "shown":
        yield "privacy.interiors: pictures that show the inside of a flat need a justification in the assessment"


def _reached(config: Config) -> Iterator[str]:
    if not config.destinations:
        yield "destinations: nobody outside is told about incidents"
    if not is_loopback(config.web.host) and config.web.certificate is None:
        yield (
            f"web.host: {config.web.host} can be reached from other machines: give web.certificate_file and key_file "
            "(`vigilanza certificate` makes them), or put HTTPS in front of it"
        )


def _rooms(config: Config) -> Iterator[str]:
    for room in (endpoint.destination for endpoint in config.destinations):
        if room.kind is DestinationKind.CONTROL_ROOM and room.minimum_avs < MINIMUM_AVS:
            yield f"destination {room.id}: minimum_avs {room.minimum_avs} is what nobody could verify: not for police"


def _camera(camera: Camera) -> Iterator[str]:
    if all(door.role is not Role.SEALED for door in camera.doors):
        yield f"camera {camera.id}: no sealed door, so only attacks on the camera itself are noticed"
    if camera.substream is None and isinstance(camera.source, str):
        yield f"camera {camera.id}: no substream; analysing the main stream costs more"
    if is_onvif(camera.source) and camera.credentials is None:
        yield f"camera {camera.id}: no credentials; hardly a camera answers ONVIF without"
    for door in camera.doors:
        if door.role is Role.SEALED and not door.floor:
            yield f"camera {camera.id}, door {door.id}: no floor zone, so people are only seen when they hide the leaf"


def _doors(config: Config) -> Iterator[str]:
    seen: dict[str, list[str]] = defaultdict(list)
    for camera in config.cameras:
        for door in camera.doors:
            seen[door.id].append(camera.id)
    for door_id, cameras in seen.items():
        if len(cameras) > 1:
            yield f"door {door_id}: configured at cameras {', '.join(cameras)}; right only if all see the same door"


def _plans(config: Config) -> Iterator[str]:
    """No plan is worth that nobody watches: the page leaves out what cannot be shown."""
    for drawn in config.plans:
        try:
            read_plan(drawn.file)
        except PlanUnusable as error:
            yield f"plans: {drawn.plan.id}: {drawn.file} {error}; the page shows no plan there"
