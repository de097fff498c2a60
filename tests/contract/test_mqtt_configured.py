"""From the configuration to the broker: what each key does to what is said."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.alerts import alert_of
from tests.broker import PASSWORD, Listener, Mosquitto
from tests.samples import break_in
from vigilanza.app.channels import CHANNELS, ChannelNeeds
from vigilanza.app.premises import premises
from vigilanza.bridge.channel import Channel
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import SystemClock
from vigilanza.config import load
from vigilanza.domain.errors import ChannelUnavailable
from vigilanza.store.database import open_database
from vigilanza.store.notebook import Notebook

ALERT = alert_of(break_in("a")[2])


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
        yield broker


def opened(folder: Path, mosquitto: Mosquitto, channel: str, **keys: Any) -> Channel:
    """As `vigilanza relay` opens it."""
    usual = {"url": f"mqtts://localhost:{mosquitto.port}", "user": "vigilanza", "password_env": "BROKER_PASSWORD"}
    document = {
        "site": {"id": "0423", "name": "via Esempio 4"},
        "cameras": [{"id": "stairs-3", "source": "rtsp://127.0.0.1:9/none"}],
        "destinations": [
            {
                "id": "city",
                "kind": "municipal_vms",
                "channel": channel,
                "ca_file": str(mosquitto.ca_file),
                "allow_loopback": True,
                **usual,
                **keys,
            }
        ],
    }
    path = folder / "vigilanza.yaml"
    path.write_text(yaml.safe_dump(document), "utf-8")
    config = load(path, environ={"BROKER_PASSWORD": PASSWORD})
    [endpoint] = config.destinations
    engine = open_database(f"sqlite:///{folder}/vigilanza.db")
    needs = ChannelNeeds(endpoint, premises(config), Notebook(engine, "city"), SystemClock(), engine)
    return CHANNELS[channel](needs)


def test_cloudevents(tmp_path: Path, mosquitto: Mosquitto) -> None:
    with Listener(mosquitto, "vigilanza/v1/0423/detection.updated") as city:
        for mode in ("structured", "binary"):
            channel = opened(tmp_path, mosquitto, "mqtt", mode=mode)
            channel.send(ALERT, Transcript())
            came = city.next()
            assert ("id" in json.loads(came.payload)) == (mode == "structured")
            assert came.attributes.get("id", str(ALERT.id)) == str(ALERT.id)
            channel.close()
    strict = opened(tmp_path, mosquitto, "mqtt")
    with pytest.raises(ChannelUnavailable, match="nobody is subscribed"):
        strict.send(ALERT, Transcript())
    strict.close()
    lenient = opened(tmp_path, mosquitto, "mqtt", require_subscriber=False)
    assert lenient.send(ALERT, Transcript())
    lenient.close()


@pytest.mark.parametrize(
    ("keys", "prefix"), [({}, "VGZ-0423"), ({"topic_prefix": "VGZ-0423/stairs"}, "VGZ-0423/stairs")]
)
def test_onvif_events(tmp_path: Path, mosquitto: Mosquitto, keys: dict[str, str], prefix: str) -> None:
    with Listener(mosquitto, f"{prefix}/onvif-ej/RuleEngine/#") as city:
        channel = opened(tmp_path, mosquitto, "onvif-mqtt", **keys)
        channel.send(ALERT, Transcript())
        assert city.next().topic.startswith(f"{prefix}/onvif-ej/RuleEngine/vgz:SealedDoor/ForcedEntry/&VS_stairs-3/")
        channel.send(alert_of(break_in("a")[4]), Transcript())
        channel.close()


def test_known_by_a_certificate_and_by_a_password_from_a_file(tmp_path: Path, mosquitto: Mosquitto) -> None:
    (tmp_path / "password").write_text(PASSWORD + "\n", "utf-8")
    channel = opened(tmp_path, mosquitto, "mqtt", password_env=None, password_file="password", client_id="someone")
    assert channel.probe().seconds > 0
    channel.close()
    keys = {"user": None, "password_env": None, "client_certificate_file": str(mosquitto.client_certificate)}
    channel = opened(tmp_path, mosquitto, "mqtt", url=f"mqtts://localhost:{mosquitto.mutual_port}", **keys)
    assert channel.probe().seconds > 0
    channel.close()
