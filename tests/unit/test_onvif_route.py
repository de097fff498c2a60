"""Addresses that a camera gives, made into addresses that can be reached."""

import pytest

from vigilanza.capture.onvif_route import Route
from vigilanza.domain.errors import SourceUnavailable


@pytest.mark.parametrize(
    ("xaddr", "given", "reached"),
    [
        ("http://10.0.0.5/onvif/device_service", "http://10.0.0.5/onvif/media", "http://host.example:8081/onvif/media"),
        ("http://10.0.0.5:80/x", "http://10.0.0.5:8000/events?id=1", "http://host.example:8000/events?id=1"),
        ("http://10.0.0.5/x", "rtsp://10.0.0.5:554/main", "rtsp://host.example:554/main"),
        ("http://10.0.0.5/x", "rtsp://admin:12345@10.0.0.5/main", "rtsp://host.example:554/main"),
        ("http://10.0.0.5:8106/x", "http://10.0.0.5:8106:8106/sub?Idx=43", "http://host.example:8081/sub?Idx=43"),
        (None, "http://10.0.0.5:8000/x", "http://host.example:8000/x"),
        ("https://10.0.0.5/x", "https://10.0.0.5/onvif/media", "https://host.example:443/onvif/media"),
        ("nonsense", "rtsp://host.example/main", "rtsp://host.example:554/main"),
    ],
)
def test_addresses_lead_to_where_we_reach_the_camera(xaddr: str | None, given: str, reached: str) -> None:
    assert Route.learn("host.example", 8081, xaddr).reach(given) == reached


@pytest.mark.parametrize(
    ("xaddr", "given", "reached"),
    [
        ("https://10.0.0.5/x", "https://10.0.0.5/media", "https://host.example:8443/media"),
        ("https://10.0.0.5/x", "http://10.0.0.5/media", "https://host.example:8443/media"),
        ("http://10.0.0.5:8000/x", "http://10.0.0.5:8000/media", "https://host.example:8443/media"),
        ("https://10.0.0.5/x", "https://10.0.0.5:9443/events", "https://host.example:9443/events"),
        ("https://10.0.0.5/x", "rtsp://10.0.0.5/main", "rtsp://host.example:554/main"),
    ],
)
def test_a_camera_that_is_asked_by_https_is_asked_by_nothing_else(xaddr: str, given: str, reached: str) -> None:
    assert Route.learn("host.example", 8443, xaddr, secure=True).reach(given) == reached


def test_a_service_without_encryption_is_not_used() -> None:
    route = Route.learn("host.example", 443, "https://10.0.0.5/x", secure=True)
    with pytest.raises(SourceUnavailable, match="not encrypted, at port 8000"):
        route.reach("http://10.0.0.5:8000/events")


def test_an_ipv6_address_keeps_its_brackets() -> None:
    assert Route.learn("2001:db8::1", 80, None).reach("rtsp://[fe80::1]:554/a") == "rtsp://[2001:db8::1]:554/a"


@pytest.mark.parametrize("given", ["", "nonsense", "rtsp://", "http://a:b/"])
def test_what_is_no_address_is_not_used(given: str) -> None:
    with pytest.raises(SourceUnavailable):
        Route.learn("host.example", 80, None).reach(given)
