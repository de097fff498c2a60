"""The example is the reference: it loads, it names every key, and it fits the published schema."""

import re
from datetime import time
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from jsonschema import Draft202012Validator

from vigilanza.config import Detection, MqttLink, OnvifMqttLink, WebhookLink, advice, load, schema
from vigilanza.config.channels.destination import EventName
from vigilanza.domain.delivery import Destination, DestinationKind
from vigilanza.domain.door import Role
from vigilanza.domain.errors import ConfigError
from vigilanza.domain.events import EventKind
from vigilanza.domain.quiethours import QuietHours

EXAMPLE = Path(__file__).parents[2] / "config" / "cameras.yaml"
WEBHOOK_SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
ENVIRON = {
    "CAM_B3_PASSWORD": "a camera's password",
    "VMS_SECRET": WEBHOOK_SECRET,
    "VMS_PREVIOUS_SECRET": WEBHOOK_SECRET,
    "CENTRALE_SECRET": WEBHOOK_SECRET,
    "BROKER_PASSWORD": "a broker's password",
    "ARC_KEY": "000102030405060708090A0B0C0D0E0F",
}


def plain(path: Path) -> Any:
    """The YAML as JSON values: dates as text."""
    raw = yaml.safe_load(path.read_text("utf-8"))
    raw["site"]["dpia"]["date"] = raw["site"]["dpia"]["date"].isoformat()
    return raw


def test_example_loads_into_plain_data() -> None:
    config = load(EXAMPLE, environ=ENVIRON)
    landing = config.cameras[0]
    assert [door.role for door in landing.doors] == [Role.SEALED, Role.NEIGHBOUR]
    assert landing.doors[0].leaf[0] == (0.42, 0.22)
    assert landing.credentials is not None
    assert landing.credentials.password.reveal() == "a camera's password"
    vms, room, standby = (endpoint.destination for endpoint in config.destinations[:3])
    night = QuietHours(time(23), time(6))
    assert vms == Destination("comune-vms", DestinationKind.MUNICIPAL_VMS, quiet=night, per_minute=60)
    assert room == Destination("centrale-operativa", DestinationKind.CONTROL_ROOM, 2, fallback="centrale-riserva")
    assert standby.standby
    assert set(get_args(EventName)) == set(EventKind)
    link = config.destinations[0].link
    assert isinstance(link, WebhookLink)
    assert len(link.secrets) == 2
    assert config.storage.media == EXAMPLE.parents[1] / "var" / "media"
    assert config.storage.database == f"sqlite:///{EXAMPLE.parents[1]}/var/vigilanza.db"
    assert advice(config) == ()


def test_example_loads_what_goes_through_a_broker() -> None:
    links = {endpoint.channel: endpoint.link for endpoint in load(EXAMPLE, environ=ENVIRON).destinations}
    events, onvif = links["mqtt"], links["onvif-mqtt"]
    assert isinstance(events, MqttLink)
    assert isinstance(onvif, OnvifMqttLink)
    assert (events.mode, events.require_subscriber, events.broker.client_id) == ("structured", True, None)
    assert events.broker.password is not None
    assert events.broker.password.reveal() == "a broker's password"
    assert (events.broker.plain, events.broker.allow_loopback) == (False, False)
    assert onvif.topic_prefix == "VGZ-0423"


def test_offline_needs_no_secrets_and_no_files(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8").replace("rtsp://127.0.0.1:8554/b3/main", "not/there.mp4")
    (tmp_path / "cameras.yaml").write_text(text.replace("# ca_file: ca/comune", "ca_file: ca/comune"), "utf-8")
    config = load(tmp_path / "cameras.yaml", environ={}, offline=True)
    assert config.destinations == ()
    assert config.cameras[0].credentials is None
    assert config.cameras[0].source == tmp_path / "not" / "there.mp4"
    assert config.cameras[0].doors == load(EXAMPLE, environ=ENVIRON).cameras[0].doors
    (tmp_path / "cameras.yaml").write_text(text.replace("role: sealed", "role: open"), "utf-8")
    with pytest.raises(ConfigError, match=r"doors\[0\].role"):
        load(tmp_path / "cameras.yaml", environ={}, offline=True)


def test_no_secret_shows_itself() -> None:
    shown = f"{load(EXAMPLE, environ=ENVIRON)!r} {load(EXAMPLE, environ=ENVIRON)}"
    assert "password" in shown
    assert not [value for value in ENVIRON.values() if value in shown]


def test_example_names_every_key() -> None:
    text = EXAMPLE.read_text("utf-8")
    parts = schema()["$defs"].values()
    keys = {key for part in parts for key in part["properties"]} | set(schema()["properties"])
    assert not [key for key in sorted(keys) if not re.search(rf"(^[\s#-]*|or ){key}:", text, re.MULTILINE)]


def test_example_gives_the_true_defaults(tmp_path: Path) -> None:
    bare = tmp_path / "bare.yaml"
    bare.write_text("site: {id: s, name: s}\ncameras: [{id: c, source: rtsp://127.0.0.1/x}]\n", "utf-8")
    config = load(bare, environ={})
    example = load(EXAMPLE, environ=ENVIRON)
    assert (config.web, config.clips, config.ring) == (example.web, example.clips, example.ring)
    assert config.detection == example.detection == Detection("movenet-onnx", None)
    assert config.cameras[0].analysis_fps == example.cameras[0].analysis_fps
    assert config.cameras[0].transport == example.cameras[0].transport
    assert config.site.timezone == example.site.timezone
    assert config.storage.retention_hours == example.storage.retention_hours
    assert config.storage.database == f"sqlite:///{tmp_path}/var/vigilanza.db"
    assert len(advice(config)) == 4


def test_schema_is_valid_and_takes_the_example() -> None:
    Draft202012Validator.check_schema(schema())
    Draft202012Validator(schema()).validate(plain(EXAMPLE))


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw.update(camera=[]),
        lambda raw: raw.pop("site"),
        lambda raw: raw.update(cameras=[]),
        lambda raw: raw["cameras"][0].pop("source"),
        lambda raw: raw["cameras"][0].update(source="http://127.0.0.1/video"),
        lambda raw: raw["cameras"][0].update(analysis_fps=30),
        lambda raw: raw["cameras"][0].update(transport="http"),
        lambda raw: raw["cameras"][0]["doors"][0].update(role="close"),
        lambda raw: raw["cameras"][0]["doors"][0].update(leaf=[[0, 0], [1, 1]]),
        lambda raw: raw["cameras"][0]["doors"][0].update(leaf=[[0, 0], [1, 1], [0, 2]]),
        lambda raw: raw["cameras"][0]["doors"][0].update(leaf=[[0, 0], [1, 1], [0, 1, 1]]),
        lambda raw: raw["detection"].update(people="yolo"),
        lambda raw: raw["detection"].update(faces=True),
        lambda raw: raw["destinations"][0].update(url="http://vms.example.org"),
        lambda raw: raw["destinations"][1].update(minimum_avs=5),
        lambda raw: raw["storage"].update(retention_hours=25),
        lambda raw: raw["site"].update(id=423),
        lambda raw: raw["web"].update(port="8080"),
    ],
)
def test_schema_and_load_refuse_the_same_damage(damage: Any, tmp_path: Path) -> None:
    raw = plain(EXAMPLE)
    damage(raw)
    assert list(Draft202012Validator(schema()).iter_errors(raw))
    broken = tmp_path / "broken.yaml"
    broken.write_text(yaml.safe_dump(raw), "utf-8")
    with pytest.raises(ConfigError):
        load(broken, environ=ENVIRON)
