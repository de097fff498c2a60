"""With late decoding on and off a recording gives the same incidents, within one group of pictures."""

from itertools import pairwise

import pytest

from tests.commands import VIDEOS
from vigilanza.app.replay import START_AT, Played, play
from vigilanza.config import Camera, Decoding
from vigilanza.detect.people import PersonDetector
from vigilanza.lab.lull import LullSource
from vigilanza.lab.remembering import Remembering
from vigilanza.lab.truth import KnownRecording, read_recordings

GOP_S = 2.0
LULL_S = 22.0
CLIPS = ("dev_pos_comes_out_of_sealed_unit", "dev_pos_two_fast_kick", "dev_pos_camera_sprayed_then_entry")


def recording(clip: str) -> KnownRecording:
    return next(one for one in read_recordings(VIDEOS) if one.video.stem == clip)


def played(clip: str, how: Decoding, people: PersonDetector) -> list[Played]:
    one = recording(clip)
    truth = one.truth
    camera = Camera(truth.camera, one.video, None, "tcp", None, 5.0, truth.cameras_doors(), truth.masks, decoding=how)
    return list(play(LullSource(path=one.video, start_at=START_AT, seconds=LULL_S), camera, people=people))


@pytest.mark.parametrize("clip", CLIPS)
def test_a_camera_that_slept_raises_what_one_that_did_not_does(clip: str, movenet: PersonDetector) -> None:
    people = Remembering(movenet)
    late, full = (played(clip, how, people) for how in ("late", "full"))
    analysed = [one.frame.at - START_AT for one in late]
    assert any(b - a > GOP_S / 2 for a, b in pairwise(analysed) if b < 0.1), "it slept before somebody came"
    found, expected = ([event for one in some for event in one.events] for some in (late, full))
    assert [(e.kind, e.severity, e.door) for e in found] == [(e.kind, e.severity, e.door) for e in expected]
    assert expected
    assert max(abs(a.at - b.at) for a, b in zip(found, expected, strict=True)) <= GOP_S
