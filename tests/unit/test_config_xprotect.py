"""An Event Server in the configuration: plain HTTP only where it is spelled out, a name there for each camera."""

from pathlib import Path

import pytest

from tests.unit.test_config_dc09 import SITE
from tests.unit.test_config_errors import complaint
from tests.unit.test_config_example import ENVIRON, EXAMPLE
from vigilanza.config import XprotectLink, load

VMS = """\
destinations:
  - {id: vms, kind: municipal_vms, channel: xprotect, url: "http://vms.example.org:9090/", plain_http: true, cameras: {landing: 10.0.0.7}}
"""  # noqa: E501  # one line, as people write it


def test_the_example_names_an_event_server() -> None:
    links = {endpoint.channel: endpoint.link for endpoint in load(EXAMPLE, environ=ENVIRON).destinations}
    assert links["xprotect"] == XprotectLink(
        url="http://xprotect.example.org:9090/",
        plain_http=True,
        cameras={"b3-landing": "10.20.4.23", "b4-landing": "2d6e2b5e-6a0f-4a52-9a1f-0d3c1d5b7f10"},
        ca_file=None,
        allow_loopback=False,
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (", plain_http: true", "", "url: http:// is not encrypted: only in a closed network, and only with plain_http"),
        (", plain_http: true", ", plain_http: false", "url: http:// is not encrypted"),
        ("http://", "https://", "destinations[0].plain_http: counts for http:// only"),
        ("http://", "ftp://", "destinations[0].url: give https://"),
        ("http://", "http://me:pw@", "destinations[0].url: credentials do not belong in a URL"),
        ("vms.example.org", "127.0.0.1", "destinations[0].url: points to this machine"),
        ("{landing: 10.0.0.7}", "{}", 'cameras: give the address or GUID of camera "landing" in XProtect'),
        ("{landing:", "{landing: x, other:", 'cameras.other: there is no camera called "other"'),
        (", cameras: {landing: 10.0.0.7}", "", "destinations[0].cameras: is missing"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = SITE + VMS
    assert old in text
    assert told in complaint(tmp_path, text.replace(old, new))
