"""`vigilanza demo`: the whole way in one command, and nothing left behind."""

import json
import re
import shutil
import signal
import socket
import tempfile
from pathlib import Path

import httpx

from tests.commands import VIDEOS, Command, children_of, command_line, wait_until
from tests.recordings import cut_with_truth
from vigilanza.app.scene import LANDINGS

LONG_ENOUGH_S = 22.0
"""The lever works from 12.3 s on and alarms by 16 s; next door somebody goes in and out again by 22 s."""


def demo(folder: Path, *more: str, port: int = 0, clips: Path = VIDEOS) -> Command:
    return Command("demo", "--clips", clips, "--port", str(port), *more, folder=folder)


def running_tree(command: Command) -> dict[int, str]:
    """The demo's processes, once run and its three parts are there."""

    def all_there() -> dict[int, str]:
        found = children_of(command.process.pid)
        words = " ".join(found.values())
        return found if all(f"vigilanza {part} " in words for part in ("run", "watch", "relay", "web")) else {}

    return wait_until("all parts of the demo", all_there)


def folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("vigilanza-demo-*"))


def assert_nothing_left(processes: dict[int, str], *, before: set[Path]) -> None:
    assert not [line for pid, line in processes.items() if line and command_line(pid) == line]
    assert folders() <= before


def test_the_demo_plays_one_break_in_to_its_end(tmp_path: Path) -> None:
    before = folders()
    for clip in {clip for pair in LANDINGS.values() for clip in pair}:
        cut_with_truth(clip, tmp_path, LONG_ENOUGH_S)
    with demo(tmp_path, "--once", clips=tmp_path) as played:
        processes = running_tree(played)
        assert played.process.wait(110) == 0
        outcome = json.loads(played.printed.splitlines()[-1])
        assert list(outcome) == ["cameras", "incidents", "false_alarms", "detected_after_s", "delivered_after_s"]
        assert (outcome["cameras"], outcome["incidents"], outcome["false_alarms"]) == (3, 1, 0)
        assert 0.0 < outcome["detected_after_s"] < outcome["delivered_after_s"]
        assert "centrale-operativa received it.aler.vigilanza.incident.confirmed.v1" in played.printed
    assert_nothing_left(processes, before=before)


def test_a_demo_that_is_interrupted_leaves_nothing_behind(tmp_path: Path) -> None:
    before = folders()
    with demo(tmp_path) as played:
        processes = running_tree(played)
        address = wait_until("the address", lambda: re.search(r"http://127\.0\.0\.1:\d+/", played.printed))[0]
        wait_until("the page", lambda: "Vigilanza" in page(address))
        assert played.end(number=signal.SIGINT) == 0
        assert "Traceback" not in played.log
    assert_nothing_left(processes, before=before)


def page(address: str) -> str:
    """What the address shows; empty while nothing answers."""
    try:
        return httpx.get(address, trust_env=False).text
    except httpx.TransportError:
        return ""


def test_a_demo_that_is_killed_takes_its_processes_with_it(tmp_path: Path) -> None:
    before = folders()
    with demo(tmp_path) as played:
        processes = running_tree(played)
        played.kill()
        wait_until("the others to end", lambda: not any(command_line(pid) == line for pid, line in processes.items()))
    for folder in folders() - before:
        shutil.rmtree(folder)


def test_a_taken_port_is_said_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with demo(tmp_path, port=port) as played:
            assert played.process.wait(30) == 78
            assert played.log == f"demo: port {port} cannot be used (Address already in use); name another: --port N\n"
