"""The visible registries of what watches: a new source or detector is one file and one line here.

Channels have theirs in `channels`, which those that only watch need not load.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vigilanza.capture.camera_event import CameraEvent
from vigilanza.capture.decode import Decoder
from vigilanza.capture.event_health import CameraEventMetrics
from vigilanza.capture.file import FileSource
from vigilanza.capture.late import LateDecoder, Sentry, Sleepless
from vigilanza.capture.onvif import OnvifClient
from vigilanza.capture.onvif_events import OnvifEvents
from vigilanza.capture.onvif_source import OnvifSource
from vigilanza.capture.onvif_target import is_onvif, parse_target
from vigilanza.capture.rtsp import RtspSource
from vigilanza.capture.source import Source
from vigilanza.capture.trust import Trust
from vigilanza.clock import Clock
from vigilanza.config import Camera, Detection
from vigilanza.detect import movenet_onnx, movenet_openvino, yolo
from vigilanza.detect.detector import Detector
from vigilanza.detect.door import DoorDetector
from vigilanza.detect.people import PersonDetector
from vigilanza.detect.person import PeopleWatch
from vigilanza.detect.tamper import ViewDetector
from vigilanza.domain.door import Polygon
from vigilanza.domain.errors import ConfigError, DetectorError


@dataclass(frozen=True, slots=True)
class DetectorNeeds:
    """What detectors are made with: who finds people, the camera's folder for what is learned, its masks."""

    people: PersonDetector
    state: Path | None
    masks: Sequence[Polygon] = ()


def _rtsp(camera: Camera, stream: str | Path, clock: Clock) -> Source:
    login = camera.credentials
    return RtspSource(
        url=str(stream),
        user=login.user if login else None,
        password=login.password.reveal() if login else None,
        transport=camera.transport,
        trust=_trust(camera),
        clock=clock,
    )


def _onvif(camera: Camera, stream: str | Path, clock: Clock) -> Source:
    login = camera.credentials
    return OnvifSource(
        target=parse_target(str(stream)),
        user=login.user if login else None,
        password=login.password.reveal() if login else None,
        transport=camera.transport,
        trust=_trust(camera),
        clock=clock,
    )


def _trust(camera: Camera) -> Trust | None:
    return None if camera.ca_file is None else Trust(camera.ca_file, camera.tls_name)


def _file(camera: Camera, stream: str | Path, clock: Clock) -> Source:  # noqa: ARG001 - one signature for all
    return FileSource(path=Path(stream), start_at=clock.now(), clock=clock)


SOURCES: Mapping[str, Callable[[Camera, str | Path, Clock], Source]] = {
    "rtsp": _rtsp,
    "rtsps": _rtsp,
    "onvif": _onvif,
    "onvifs": _onvif,
    "file": _file,
}

DETECTORS: Mapping[str, Callable[[DetectorNeeds], Detector]] = {
    "view": lambda needs: ViewDetector(state=needs.state, masks=needs.masks),
    "person": lambda needs: PeopleWatch(people=needs.people),
    "door": lambda needs: DoorDetector(state=needs.state, masks=needs.masks),
}
"""Asked in this order: each knows what those before it saw."""

PEOPLE: Mapping[str, Callable[[Path | None], PersonDetector]] = {
    "movenet-onnx": movenet_onnx.open_movenet,
    "movenet-openvino": movenet_openvino.open_movenet,
    "ultralytics": yolo.open_yolo,
}
"""Each imports the library it needs only when it is opened."""

EXTRAS: Mapping[str, str] = {"movenet-openvino": "openvino", "ultralytics": "ultralytics"}
"""The pip extra of a PersonDetector, which has the name of the module that it brings."""


def open_source(camera: Camera, stream: str | Path, clock: Clock) -> Source:
    """The source for one stream of a camera. ConfigError if its scheme is not known."""
    scheme = "file" if isinstance(stream, Path) else stream.partition("://")[0]
    if scheme not in SOURCES:
        raise ConfigError(f"camera {camera.id}: no source for {scheme}://, known are {', '.join(SOURCES)}")
    return SOURCES[scheme](camera, stream, clock)


def open_decoder(camera: Camera, sentry: Sentry) -> LateDecoder:
    """What turns the analysed stream of a camera into pictures, over whose sleep `sentry` watches."""
    decoder = Decoder(camera=camera.id, rate_hz=camera.analysis_fps)
    return LateDecoder(decoder=decoder, sentry=sentry if camera.decoding == "late" else Sleepless())


def open_events(
    camera: Camera, clock: Clock, *, on_event: Callable[[CameraEvent], None], metrics: CameraEventMetrics
) -> OnvifEvents | None:
    """Who listens to what the camera notices by itself; None for one that is not asked by ONVIF."""
    if not is_onvif(camera.source):
        return None
    login = camera.credentials
    client = OnvifClient(
        target=parse_target(str(camera.source)),
        user=login.user if login else None,
        password=login.password.reveal() if login else None,
        trust=_trust(camera),
    )
    return OnvifEvents(client=client, camera=camera.id, clock=clock, on_event=on_event, metrics=metrics)


def open_people(detection: Detection) -> PersonDetector:
    """Who finds people, shared by all cameras. ConfigError if its extra is not installed or its model will not do."""
    try:
        return PEOPLE[detection.people](detection.model)
    except ImportError as error:
        extra = f"pip install 'vigilanza[{EXTRAS.get(detection.people, detection.people)}]'"
        raise ConfigError(f"detection.people: {detection.people} cannot be loaded ({error}): {extra}") from error
    except DetectorError as error:
        if detection.model is None:
            raise
        raise ConfigError(f"detection.model: {error}") from error


def open_detectors(needs: DetectorNeeds) -> dict[str, Detector]:
    """All detectors for one camera."""
    return {name: make(needs) for name, make in DETECTORS.items()}
