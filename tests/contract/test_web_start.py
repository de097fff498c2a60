"""The page comes up although something around it is not in order."""

import os
import socket
import threading
from pathlib import Path

import httpx
import pytest

from tests.commands import CAMERA_PASSWORD, configuration, wait_until
from vigilanza.app.web import web
from vigilanza.clock import SystemClock
from vigilanza.config import load
from vigilanza.store.media import MediaStore, SweepReport


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).is_success
    except httpx.TransportError:
        return False


def test_a_disk_that_cannot_be_swept_does_not_keep_the_page_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = configuration(tmp_path, "dev_pos_two_fast_kick")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path.write_text(path.read_text("utf-8").replace("port: 0", f"port: {port}"), "utf-8")
    swept = threading.Event()

    def faulty(store: MediaStore, *, older_than: float = 3600.0) -> SweepReport:
        swept.set()
        raise OSError(5, f"Input/output error after {older_than} s")

    monkeypatch.setattr(MediaStore, "sweep", faulty)
    config = load(path, environ=os.environ | {"CAMERA_PASSWORD": CAMERA_PASSWORD})
    stop, codes = threading.Event(), list[int]()
    thread = threading.Thread(target=lambda: codes.append(web(config, environ={}, clock=SystemClock(), stop=stop)))
    thread.start()
    try:
        assert wait_until("the page", lambda: not thread.is_alive() or answers(f"http://127.0.0.1:{port}/healthz"))
    finally:
        stop.set()
        thread.join(30)
    assert swept.is_set()
    assert codes == [0]
