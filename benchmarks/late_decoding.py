"""Late decoding on and off over recordings: are the incidents the same, and how many pictures are analysed?

    python benchmarks/late_decoding.py FOLDER [--lull 22]

FOLDER holds NAME.mp4 with NAME.json (docs/design/evaluation.md). Before each recording its first group of pictures is
repeated for some seconds, so that the camera falls asleep. People are looked for once a picture and remembered.
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import cv2

from vigilanza.app.replay import START_AT, play
from vigilanza.config import Camera, Decoding
from vigilanza.detect.movenet_onnx import open_movenet
from vigilanza.detect.people import PersonDetector
from vigilanza.lab.lull import LullSource
from vigilanza.lab.remembering import Remembering
from vigilanza.lab.truth import KnownRecording, read_recordings

Told = list[tuple[float, str, str | None]]


def told(recording: KnownRecording, how: Decoding, people: PersonDetector, lull_s: float) -> tuple[int, Told]:
    """How many pictures were analysed, and (seconds, kind, door) of every event."""
    truth = recording.truth
    camera = Camera(
        truth.camera, recording.video, None, "tcp", None, 5.0, truth.cameras_doors(), truth.masks, decoding=how
    )
    source = LullSource(path=recording.video, start_at=START_AT, seconds=lull_s)
    played = list(play(source, camera, people=people))
    events = [event for one in played for event in one.events]
    return len(played), [(event.at - START_AT, event.kind.value, event.door) for event in events]


def compare(recording: KnownRecording, *, lull_s: float) -> str:
    """One line."""
    cv2.setNumThreads(1)
    people = Remembering(open_movenet())
    pictures, full = told(recording, "full", people, lull_s)
    fewer, late = told(recording, "late", people, lull_s)
    same = [event[1:] for event in full] == [event[1:] for event in late]
    apart = max((abs(a[0] - b[0]) for a, b in zip(full, late, strict=False)), default=0.0)
    verdict = f"same, at most {apart:.1f} s apart" if same else f"DIFFER: {full} but late {late}"
    return f"{recording.video.stem:50} {len(full):2} events {verdict:30} pictures {pictures} -> {fewer}"


def main() -> None:
    """Print one line per recording."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lull", type=float, default=22.0, help="seconds of quiet before each recording")
    chosen = parser.parse_args()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for line in pool.map(partial(compare, lull_s=chosen.lull), read_recordings(chosen.folder)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
