"""What gate, view and door cost per picture, in parts of decoding that picture, measured side by side.

    python benchmarks/frame_cost.py FOLDER

FOLDER holds NAME.mp4 with NAME.json (docs/design/evaluation.md), sub streams of 640x360. Every picture is decoded and
shown to the three at once, on one thread (OpenCV starts no others), so that a busy machine slows all alike: trust
the ratios. People are not looked for.
"""

import argparse
import threading
import time
from collections import Counter
from pathlib import Path

import cv2

from vigilanza.app.replay import START_AT
from vigilanza.capture.decode import Decoder
from vigilanza.capture.file import FileSource
from vigilanza.detect.detector import Context
from vigilanza.detect.door import DoorDetector
from vigilanza.detect.gate import Gate
from vigilanza.detect.tamper import ViewDetector
from vigilanza.lab.truth import KnownRecording, one_per_camera, read_recordings

EVERY_RATE_HZ = 1000.0


def cost(recording: KnownRecording, rate_hz: float) -> Counter[str]:
    """Processor milliseconds per part over one recording, and its decoded pictures."""
    doors = recording.truth.cameras_doors()
    decoder = Decoder(camera=recording.truth.camera, rate_hz=rate_hz)
    gate, view, door = Gate(), ViewDetector(), DoorDetector()
    spent: Counter[str] = Counter()
    for packet in list(FileSource(path=recording.video, start_at=START_AT).packets(threading.Event())):
        began = time.thread_time()
        frames = decoder.frames(packet)
        spent["decode"] += time.thread_time() - began
        for frame in frames:
            marks = [time.thread_time()]
            activity = gate.look(frame)
            marks.append(time.thread_time())
            seen = view.observe(frame, Context(doors, activity))
            marks.append(time.thread_time())
            door.observe(frame, Context(doors, activity, tuple(seen)))
            marks.append(time.thread_time())
            for part, start, end in zip(("gate", "view", "door"), marks, marks[1:], strict=False):
                spent[part] += end - start
    spent["pictures"] = decoder.decoded_frames
    return spent


def main() -> None:
    """Print one line per recording and the sum, for each analysis rate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    recordings = one_per_camera(read_recordings(chosen.folder))
    for rate_hz in (5.0, EVERY_RATE_HZ):
        print("every picture" if rate_hz == EVERY_RATE_HZ else f"{rate_hz:g} pictures a second")
        total: Counter[str] = Counter()
        for recording in recordings:
            spent = cost(recording, rate_hz)
            total += spent
            tell(recording.truth.clip, spent)
        tell("all", total)


def tell(name: str, spent: Counter[str]) -> None:
    """One line."""
    parts = ("decode", "gate", "view", "door")
    each = "  ".join(f"{part} {1e3 * spent[part] / spent['pictures']:.3f}" for part in parts)
    ratio = (spent["gate"] + spent["view"] + spent["door"]) / spent["decode"]
    print(f"{name:50} ms per decoded picture: {each}  ratio {ratio:.2f}", flush=True)


if __name__ == "__main__":
    main()
