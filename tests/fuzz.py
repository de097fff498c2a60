"""A camera whose bytes are spoilt on the way: run as a process, because FFmpeg is C and may crash.

    python -m tests.fuzz SEED CONNECTIONS

The last line is JSON: outcomes by name, files open before and after, bytes of memory held after each quarter, seconds.
"""

import json
import resource
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

import structlog

from tests.commands import wait_until
from tests.videos import video
from vigilanza.capture.decode import Decoder
from vigilanza.capture.rtsp import RtspSource
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import SourceError, SourceRefused
from vigilanza.lab.line import Line
from vigilanza.lab.mutation import Mutation
from vigilanza.lab.simcam import CameraServer

OPEN_TIMEOUT, READ_TIMEOUT, ENDS_AFTER = 0.5, 0.2, 0.8
LONGEST = 2 * OPEN_TIMEOUT + ENDS_AFTER + READ_TIMEOUT + 8.0
"""Seconds one connection may last on a machine that is busy with the others."""
AT_ONCE = 12
HURRY = 20.0


class Hasty(SystemClock):
    """The camera's clock: it runs fast, so that a connection sees many pictures."""

    def monotonic(self) -> float:
        return super().monotonic() * HURRY


@contextmanager
def spoilt(seed: int) -> Iterator[list[str]]:
    """Addresses of cameras, H.264 and H.265, behind lines that spoil the bytes; every connection another way."""
    random, lock = Random(seed), threading.Lock()

    def way() -> Mutation:
        with lock:
            return Mutation(Random(random.random()))

    with ExitStack() as stack:
        urls = []
        for codec in ("h264", "hevc"):
            server = stack.enter_context(CameraServer({"/main": video(codec, gop=5)}, clock=Hasty()))
            line = stack.enter_context(Line(server.port, spoil=way))
            urls.append(f"rtsp://127.0.0.1:{line.port}/main")
        yield urls


def connection(url: str) -> str:
    """The name of how one connection ended; anything but a SourceError, or an end in time, is a finding."""
    clock, stop, pictures = SystemClock(), threading.Event(), 0
    begun = clock.monotonic()
    source = RtspSource(
        url=url, user=None, password=None, clock=clock, open_timeout=OPEN_TIMEOUT, read_timeout=READ_TIMEOUT
    )
    decoder = Decoder(camera="fuzz", rate_hz=1000)
    try:
        for packet in source.packets(stop):
            pictures += len(decoder.frames(packet))
            if clock.monotonic() - begun > ENDS_AFTER:
                stop.set()
        decoder.flush()
        ending = "seen" if pictures else "blind"
    except SourceError as error:
        kind = "SourceRefused" if isinstance(error, SourceRefused) else "SourceUnavailable"
        ending = f"{kind}{' after pictures' if pictures else ''}"
    took = clock.monotonic() - begun
    return ending if took < LONGEST else f"hung for {took:.1f} s"


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def held_bytes() -> int:
    return int(Path("/proc/self/statm").read_text("utf-8").split()[1]) * resource.getpagesize()


def main(seed: int, connections: int) -> None:
    """Run it and print what came of it."""
    structlog.configure(processors=[structlog.processors.KeyValueRenderer()])
    begun = SystemClock().monotonic()
    outcomes: Counter[str] = Counter()
    held: list[int] = []
    with spoilt(seed) as urls:
        before = open_files()
        for quarter in range(4):
            with ThreadPoolExecutor(AT_ONCE) as pool:
                outcomes.update(pool.map(connection, [urls[index % 2] for index in range(quarter, connections, 4)]))
            held.append(held_bytes())
        wait_until("all files to be closed", lambda: open_files() <= before, timeout=20.0)
        after = open_files()
    seconds = SystemClock().monotonic() - begun
    print(json.dumps({"outcomes": outcomes, "files": [before, after], "bytes": held, "seconds": round(seconds, 1)}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
