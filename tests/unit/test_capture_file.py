import subprocess
import sys
import threading
from pathlib import Path

import av
import numpy as np
import pytest

from tests.fakes import FakeClock
from tests.videos import video
from vigilanza.capture.file import FileSource

START = 1_795_000_000.0


def test_with_a_clock_the_packets_come_in_real_time() -> None:
    clock = FakeClock()
    begun = clock.monotonic()
    source = FileSource(path=video(), start_at=START, clock=clock)
    for number, packet in enumerate(source.packets(threading.Event())):
        assert clock.monotonic() - begun == pytest.approx(number / 10)
        assert packet.at == pytest.approx(START + number / 10)


def test_a_recording_that_does_not_count_from_zero_begins_at_its_start_all_the_same() -> None:
    packets = list(FileSource(path=video(container="ts"), start_at=START).packets(threading.Event()))
    assert packets[0].at == START
    assert [packet.at for packet in packets] == pytest.approx([START + i / 10 for i in range(40)])


def test_sound_in_a_recording_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "loud.mp4"
    with av.open(str(path), "w") as output, av.open(str(video())) as pictures:
        picture_stream = output.add_stream_from_template(pictures.streams.video[0])
        sound_stream = output.add_stream("aac", rate=8000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), format="fltp", layout="mono")
        sound.sample_rate, sound.pts = 8000, 0
        for coded in sound_stream.encode(sound):
            output.mux(coded)
        for packet in pictures.demux(video=0):
            if packet.dts is not None:
                packet.stream = picture_stream
                output.mux(packet)
    packets = list(FileSource(path=path, start_at=START).packets(threading.Event()))
    assert {packet.format.codec for packet in packets} == {"h264"}
    assert len(packets) == 40


LET_GO = """
import ctypes, sys, threading
from pathlib import Path
from vigilanza.capture.file import FileSource
libc, fields = ctypes.CDLL(None), "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()
class Told(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in fields]
libc.mallinfo2.restype = Told
source, stop = FileSource(path=Path(sys.argv[1]), start_at=0.0), threading.Event()
def used(times):
    for _ in range(times):
        next(source.packets(stop))
    return libc.mallinfo2().uordblks
before = used(100)
print((used(1000) - before) // 1000)
"""


def test_of_a_source_that_is_let_go_half_way_nothing_stays() -> None:
    program = [sys.executable, "-c", LET_GO, str(video())]
    done = subprocess.run(program, check=True, capture_output=True, text=True)
    assert int(done.stdout) < 50
