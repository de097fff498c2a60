"""The page as it is started: although something around it is not in order, and with what runs beside it."""

import json
import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import inspect, text
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.broker import free_port
from tests.commands import CAMERA_PASSWORD, configuration, wait_until
from tests.e2e.seed import PASSWORD
from vigilanza.app.certificate import AUTHORITY, CERTIFICATE, KEY, make_certificate
from vigilanza.app.web import web
from vigilanza.clock import SystemClock
from vigilanza.config import Config, load
from vigilanza.domain.errors import ConfigError
from vigilanza.store.accounts import Accounts
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import open_database
from vigilanza.store.media import MediaStore, SweepReport
from vigilanza.web.auth import PROOF_HEADER


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, verify=False).is_success
    except httpx.TransportError:
        return False


@contextmanager
def served(folder: Path, *, more: str = "") -> Iterator[tuple[Config, str]]:
    """Its configuration, and the page's address; `more`: lines of `web`."""
    port = free_port()
    path = configuration(folder, "dev_pos_two_fast_kick")
    path.write_text(path.read_text("utf-8").replace("port: 0", f"port: {port}{more}"), "utf-8")
    config = load(path, environ=os.environ | {"CAMERA_PASSWORD": CAMERA_PASSWORD})
    stop, codes = threading.Event(), list[int]()
    thread = threading.Thread(target=lambda: codes.append(web(config, environ={}, clock=SystemClock(), stop=stop)))
    thread.start()
    try:
        url = f"http{'s' if more else ''}://127.0.0.1:{port}"
        assert wait_until("the page", lambda: not thread.is_alive() or answers(f"{url}/healthz"))
        yield config, url
    finally:
        stop.set()
        thread.join(30)
    assert codes == [0]


def test_a_disk_that_cannot_be_swept_does_not_keep_the_page_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept = threading.Event()

    def faulty(store: MediaStore, *, older_than: float = 3600.0) -> SweepReport:
        swept.set()
        raise OSError(5, f"Input/output error after {older_than} s")

    monkeypatch.setattr(MediaStore, "sweep", faulty)
    with served(tmp_path):
        assert swept.is_set()


def test_with_a_certificate_the_page_is_served_encrypted_and_in_no_other_way(tmp_path: Path) -> None:
    make_certificate(tmp_path, [], clock=SystemClock())
    more = f"\n  certificate_file: {CERTIFICATE}\n  key_file: {KEY}"
    with served(tmp_path, more=more) as (config, url):
        Accounts(engine=(engine := open_database(config.storage.database)), clock=SystemClock()).create(
            "anna", PASSWORD
        )
        engine.dispose()
        known = ssl.create_default_context(cafile=tmp_path / AUTHORITY)
        with httpx.Client(base_url=url, verify=known, trust_env=False, headers={PROOF_HEADER: "1"}) as client:
            answer = client.post("/api/login", json={"name": "anna", "password": PASSWORD})
            assert "Secure" in answer.headers["Set-Cookie"]
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
            cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}
        live = f"{url.replace('https', 'wss')}/api/cameras/cam/live"
        with connect(live, ssl=known, origin=Origin(url), additional_headers=cookie, proxy=None) as line:
            assert json.loads(line.recv(20)) == {"kind": "none", "why": "not_watched"}
        with pytest.raises(httpx.TransportError):
            httpx.get(url.replace("https", "http"), trust_env=False)


def test_a_key_of_another_certificate_is_said(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "other"):
        make_certificate(folder, [], clock=SystemClock())
    path = configuration(tmp_path, "dev_pos_two_fast_kick")
    more = f"port: 0\n  certificate_file: {CERTIFICATE}\n  key_file: other/{KEY}"
    path.write_text(path.read_text("utf-8").replace("port: 0", more), "utf-8")
    config = load(path, environ=os.environ | {"CAMERA_PASSWORD": CAMERA_PASSWORD})
    with pytest.raises(ConfigError, match="web: the certificate or its key cannot be used"):
        web(config, environ={}, clock=SystemClock(), stop=threading.Event())


def test_a_burst_of_wrong_tokens_is_on_record(tmp_path: Path) -> None:
    with served(tmp_path) as (config, url):
        for number in range(3):
            wrong = {"Authorization": f"Bearer vigilanza_{number}"}
            assert httpx.get(f"{url}/api/incidents", headers=wrong, trust_env=False).status_code == 401
    chain = AuditChain(engine=open_database(config.storage.database), clock=SystemClock())
    told = [(one.who, one.action, one.subject) for one in reversed(chain.latest())]
    assert told == [("127.0.0.1", action, "api") for action in ("login.failed", "login.guessed")]
    assert json.loads(chain.latest()[0].detail)["failures"] == 3


def test_an_index_that_an_older_version_did_not_make_is_made_beside_the_page(tmp_path: Path) -> None:
    with served(tmp_path) as (config, _):
        pass
    engine = open_database(config.storage.database)
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX audit_who"))
    with served(tmp_path):
        wait_until("the index", lambda: "audit_who" in {one["name"] for one in inspect(engine).get_indexes("audit")})
    engine.dispose()
