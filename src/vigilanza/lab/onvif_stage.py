"""The ONVIF side of a simulated camera on a stage."""

from typing import Any

from vigilanza.clock import Clock
from vigilanza.lab.onvif_camera import OnvifCamera
from vigilanza.lab.onvif_faults import OnvifFaults
from vigilanza.lab.onvif_profile import SimProfile
from vigilanza.lab.rehearsal import NOTICED, ONVIF_SWITCHES, SimulatedCamera
from vigilanza.lab.simcam import CameraServer


def onvif_of(camera: SimulatedCamera, server: CameraServer, *, host: str, clock: Clock) -> OnvifCamera:
    """Of a camera with an `onvif_port`: a profile per stream, called as its path. RecordingError if one is no video."""
    return OnvifCamera(
        [
            SimProfile.of_recording(file, token=path.strip("/").replace("/", "_"), uri=server.url(path))
            for path, file in camera.streams.items()
        ],
        user=camera.user or "",
        password=camera.password or "",
        clock=clock,
        host=host,
        port=camera.onvif_port or 0,
    )


def perform_onvif(camera: OnvifCamera, fault: str, value: Any, *, begins: bool) -> None:
    """Something that befalls a camera by ONVIF begins, or is over."""
    if fault in NOTICED:
        said = NOTICED[fault]
        source = value if isinstance(value, str) else said.source
        camera.events.raise_event(said.topic, begins, source=source, name=said.state)
    else:
        switch = ONVIF_SWITCHES[fault]
        setattr(camera.faults, switch, value if begins else getattr(OnvifFaults(), switch))
