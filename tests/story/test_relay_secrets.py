"""No secret of a line is in the log, in what a command prints, or in the database, whatever goes wrong there."""

from pathlib import Path

import yaml

from tests.broker import free_port
from tests.commands import ENVIRON, Command, configuration, wait_until
from tests.dc09 import ACCOUNT, KEY
from vigilanza.lab.city import StubCity
from vigilanza.lab.misbehaviour import Answer

CLIP = "dev_neg_timer_light_on_off"
SECRETS = {
    "CITY_SECRET": ENVIRON["CITY_SECRET"],
    "CITY_BEARER": "bearer-that-nobody-may-read",
    "ARC_KEY": KEY.hex(),
    "BROKER_PASSWORD": "password-that-nobody-may-read",
}


def configured(folder: Path, city: StubCity) -> Path:
    """Three lines with secrets: a city that says no, a centre and a broker that are away."""
    path = configuration(folder, CLIP, cities={"city": city})
    document = yaml.safe_load(path.read_text("utf-8"))
    sealed = [door["id"] for door in document["cameras"][0]["doors"] if door["role"] == "sealed"]
    document["units"] = [{"id": door, "zone": number} for number, door in enumerate(sealed, start=1)]
    document["destinations"][0]["bearer_token_env"] = "CITY_BEARER"
    common = {"kind": "municipal_vms", "allow_loopback": True}
    document["destinations"] += [
        {"id": "arc", "channel": "dc09", "receivers": [f"127.0.0.1:{free_port()}"], "account": ACCOUNT}
        | {"key_env": "ARC_KEY"}
        | common,
        {"id": "broker", "channel": "mqtt", "url": f"mqtts://localhost:{free_port()}", "user": "site"}
        | {"password_env": "BROKER_PASSWORD"}
        | common,
    ]
    path.write_text(yaml.safe_dump(document), "utf-8")
    return path


def test_no_secret_of_a_line_is_told(tmp_path: Path) -> None:
    environ, printed = ENVIRON | SECRETS, ""
    with StubCity(directory=tmp_path / "city", secret=SECRETS["CITY_SECRET"]) as city:
        config = configured(tmp_path, city)
        city.script(*[Answer(401)] * 5)
        with Command("relay", "--config", config, environ=environ, folder=tmp_path) as relay:
            for name in ("city", "arc", "broker"):
                arguments = ("bridge", "test", name, "--by", "Ivo", "--wait", "2", "--config", config)
                with Command(*arguments, environ=environ, folder=tmp_path) as command:
                    assert command.process.wait(60) == 1
                    printed += command.printed + command.log
            wait_until("all three to be down or refused", lambda: relay.log.count("line is down") >= 2)
            assert relay.end() == 0
            said = (printed + relay.log).encode()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("vigilanza.db*"))
    assert b"answered 401" in kept
    for secret in SECRETS.values():
        for shape in (secret, secret.removeprefix("whsec_")):
            assert shape.encode() not in said
            assert shape.encode() not in kept
