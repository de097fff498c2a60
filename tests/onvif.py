"""Simulated ONVIF cameras as the tests want them."""

import ssl
from collections.abc import Sequence

from vigilanza.capture.onvif_target import OnvifTarget
from vigilanza.lab.onvif_camera import OnvifCamera
from vigilanza.lab.onvif_profile import SimProfile

USER, PASSWORD = "vigil", "s3cr@t / Zürich"
MAIN = SimProfile("Profile_1", "rtsp://127.0.0.1:9/main", size_px=(1280, 720), fps=15, gop=30, bitrate_kbps=2048)
SUB = SimProfile("Profile_2", "rtsp://127.0.0.1:9/sub", size_px=(640, 360), fps=10, gop=20, bitrate_kbps=384)
WITHOUT_MEDIA2 = ("tds", "trt", "tev")
"""The services of a camera that was made before 2018 or so."""


def camera(
    profiles: Sequence[SimProfile] = (MAIN, SUB),
    services: Sequence[str] = ("tds", "trt", "tr2", "tev"),
    tls: ssl.SSLContext | None = None,
) -> OnvifCamera:
    """With one user."""
    return OnvifCamera(profiles, user=USER, password=PASSWORD, services=services, tls=tls)


def target_of(one: OnvifCamera, profile: str = "main", *, secure: bool = False) -> OnvifTarget:
    """Where it is."""
    return OnvifTarget("127.0.0.1", one.port, profile, secure)
