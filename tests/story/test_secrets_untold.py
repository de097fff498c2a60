"""No secret of any part of a box is in a log, in the database or in what is kept, whatever goes wrong."""

import base64
import re
from pathlib import Path

import av
import httpx
import pytest

from tests.broker import free_port
from tests.commands import ENVIRON, Command, wait_until
from tests.onvif_site import envelope
from tests.unit.test_secrets import FULL, SECRETS
from tests.videos import video
from vigilanza.lab.simcam import CameraServer


def configured(folder: Path, camera: CameraServer) -> Path:
    """Everything that takes a secret, each with one that is right for itself and that nobody else takes."""
    text = FULL.replace("site: {", 'site: {dpia: {reference: "1/26", date: 2026-11-30}, ')
    text = text.replace("rtsp://127.0.0.1:8554/main", camera.url("/main"))
    text = re.sub(r"storage: .*", 'storage: {database: "sqlite:///vigilanza.db", media: media, state: state}', text)
    text = text.replace("plain_http: true", "plain_http: true, port: 0, discoverable: false")
    text = text.replace("plain_rtsp: true", f"plain_rtsp: true, port: {free_port()}").replace(
        "web:\n", "web:\n  port: 0\n"
    )
    for away in ("https://vms.example.org", "https://sso.example.org", "mqtts://b.example.org"):
        text = text.replace(away, f"{away.partition(':')[0]}://localhost:{free_port()}")
    text = text.replace("arc.example.org:7700", f"127.0.0.1:{free_port()}")
    text = re.sub(r"(channel: \w+,)", r"\1 allow_loopback: true,", text)
    (folder / "site.yaml").write_text(text, "utf-8")
    return folder / "site.yaml"


def test_no_secret_of_any_part_is_told(tmp_path: Path) -> None:
    secrets = {name: value for name, value in SECRETS.items() if name != "DATABASE"}
    with CameraServer({"/main": video()}, user="v", password="another one") as camera:
        config = configured(tmp_path, camera)
        with Command("run", "--config", config, environ=ENVIRON | secrets, folder=tmp_path) as run:
            page = run.said(r"page is up\s+address=(\S+)/")[1]
            onvif, video_port = (
                run.said(r"ONVIF device is up\s+port=(\d+)")[1],
                run.said(r"video is up\s+port=(\d+)")[1],
            )
            run.said("wrong user or password")
            httpx.get(f"{page}/api/oidc/login", trust_env=False)
            run.said("identity provider cannot be reached")
            with pytest.raises(av.FFmpegError):
                av.open(f"rtsp://vms:{'guessed' * 3}@127.0.0.1:{video_port}/landing", options={"rtsp_transport": "tcp"})
            asked = httpx.post(
                f"http://127.0.0.1:{onvif}/onvif/device_service",
                content=envelope("<tds:GetUsers/>"),
                auth=httpx.DigestAuth("vms", "guessed"),
                trust_env=False,
            )
            assert asked.status_code == 401
            for name in ("a", "b", "c"):
                with Command("bridge", "test", name, "--by", "Ivo", "--wait", "2", "--config", config,
                             environ=ENVIRON | secrets, folder=tmp_path) as sent:  # fmt: skip
                    assert sent.process.wait(60) == 1
            wait_until("every line to be down", lambda: run.log.count("line is down") >= 3)
            assert run.end() == 0
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {"site.yaml", "vigilanza.db", "in-force.yaml"} <= {path.name for path in kept}
    for value in secrets.values():
        for shape in (value, value.removeprefix("whsec_"), base64.b64encode(value.encode()).decode()):
            assert [path.name for path, content in kept.items() if shape.encode() in content] == []
