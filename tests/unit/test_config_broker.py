"""A destination behind a broker: what goes over the line in the clear goes so on purpose, and never a password."""

from pathlib import Path

import pytest

from vigilanza.config import BrokerLink, MqttLink, OnvifMqttLink, load
from vigilanza.domain.errors import ConfigError

ENVIRON = {"BROKER_PASSWORD": "a broker's password"}


def link(folder: Path, keys: str, channel: str = "mqtt") -> MqttLink | OnvifMqttLink:
    path = folder / "cameras.yaml"
    kind = "" if "kind:" in keys else "kind: municipal_vms, "
    path.write_text(
        'site: {id: "0423", name: via Esempio 4}\n'
        "cameras: [{id: landing, source: rtsp://127.0.0.1:8554/main}]\n"
        f"destinations: [{{id: city, {kind}channel: {channel}, {keys}}}]\n",
        "utf-8",
    )
    [endpoint] = load(path, environ=ENVIRON).destinations
    assert isinstance(endpoint.link, MqttLink | OnvifMqttLink)
    assert endpoint.channel == channel
    return endpoint.link


def test_a_broker_needs_no_more_than_its_url(tmp_path: Path) -> None:
    plain = BrokerLink("mqtts://broker.example", None, None, None, None, None, allow_loopback=False, plain=False)
    assert link(tmp_path, "url: mqtts://broker.example") == MqttLink(plain, "structured", require_subscriber=True)
    assert link(tmp_path, "url: mqtts://broker.example", "onvif-mqtt") == OnvifMqttLink(plain, None)


def test_a_password_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("from a file\n", "utf-8")
    for key, told in (
        ("password_env: BROKER_PASSWORD", "a broker's password"),
        ("password_file: password", "from a file"),
    ):
        made = link(tmp_path, f"url: mqtts://broker.example, user: vigilanza, {key}")
        assert made.broker.password is not None
        assert made.broker.password.reveal() == told
        assert told not in repr(made)


@pytest.mark.parametrize(
    "keys",
    [
        "url: mqtt://broker.example, plain: true",
        "url: mqtt://localhost:1883, allow_loopback: true, user: u, password_env: BROKER_PASSWORD",
        "url: mqtts://127.0.0.1, allow_loopback: true",
    ],
)
def test_ways_that_are_meant(tmp_path: Path, keys: str) -> None:
    link(tmp_path, keys)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("url: mqtt://broker.example", "mqtt:// is not encrypted"),
        ("url: mqtt://broker.example, allow_loopback: true", "mqtt:// is not encrypted"),
        ("url: mqtt://broker.example, plain: true, user: u, password_env: BROKER_PASSWORD", "could read the password"),
        ("url: mqtts://localhost", "points to this machine"),
        ("url: https://broker.example", "a broker is mqtts://HOST"),
        ("url: mqtts://broker.example/topic", "topics are not part of it"),
        ("url: mqtts://u:p@broker.example", "credentials do not belong in a URL"),
        ("url: mqtts://broker.example, user: u", "exactly one of password_env and password_file"),
        ("url: mqtts://broker.example, password_env: BROKER_PASSWORD", "a password needs a user"),
        ("url: mqtts://broker.example, mode: text", "must be structured or binary"),
        ("url: mqtts://broker.example, secret_env: X", 'unknown key "secret_env"'),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, keys: str, told: str) -> None:
    with pytest.raises(ConfigError) as raised:
        link(tmp_path, keys)
    assert told in str(raised.value)
    assert "u:p" not in str(raised.value)


@pytest.mark.parametrize("prefix", ["'#'", "a/+/b", "''", "/a", "a/", "$SYS"])
def test_a_topic_prefix_is_a_topic(tmp_path: Path, prefix: str) -> None:
    with pytest.raises(ConfigError, match="topic_prefix"):
        link(tmp_path, f"url: mqtts://broker.example, topic_prefix: {prefix}", "onvif-mqtt")


def test_states_are_told_whole(tmp_path: Path) -> None:
    for keys, told in (
        ("events: [entry]", "leave events out"),
        ("per_minute: 60", "leave per_minute out"),
        ("kind: control_room", "not calls for a control_room"),
    ):
        link(tmp_path, f"url: mqtts://broker.example, {keys}")
        with pytest.raises(ConfigError, match=told):
            link(tmp_path, f"url: mqtts://broker.example, {keys}", "onvif-mqtt")
