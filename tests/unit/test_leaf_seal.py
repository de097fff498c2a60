"""A seal that is torn off is told from a leaflet that is put on, and from what the light takes away."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.drawn import FPS, LEFT, RIGHT, TOP, Look, facts, film, in_picture, watched
from vigilanza.detect.door import DoorDetector
from vigilanza.detect.gate import Gate
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact, Observation

SIZE_PX = (320, 180)
LEARNED = (12.0, Look())
BEFORE_THE_LEAF = Observation(
    Fact.PERSON, 0.8, region=in_picture((LEFT - 20, TOP + 60), (RIGHT, TOP + 60), (RIGHT, 700), (LEFT - 20, 700))
)
BEFORE_THE_SEAL = Observation(
    Fact.PERSON, 0.8, region=in_picture((LEFT - 20, TOP), (RIGHT, TOP), (RIGHT, TOP + 200), (LEFT - 20, TOP + 200))
)


def test_seals_torn_off_by_somebody_are_gone_and_stay_so() -> None:
    frames = film(LEARNED, (4.0, Look()), (30.0, Look(unsealed=True)), size_px=SIZE_PX)
    assert Fact.SEAL_GONE in facts(_visited(frames)[-5:])


def test_a_leaflet_put_on_the_leaf_is_no_seal_gone() -> None:
    said = facts(_visited(film(LEARNED, (4.0, Look()), (30.0, Look(leaflet=True)), size_px=SIZE_PX)))
    assert Fact.SEAL_GONE not in said
    assert not {Fact.LEAF_CHANGED, Fact.LEAF_CHANGED_AGAIN} & said


def test_what_the_light_takes_from_a_leaf_is_no_seal_gone() -> None:
    said = watched(DoorDetector(), film(LEARNED, (30.0, Look(unsealed=True)), size_px=SIZE_PX))
    assert Fact.SEAL_GONE not in facts(said)


def test_who_passes_after_the_light_took_it_has_not_taken_it() -> None:
    frames = film(LEARNED, (31.0, Look(unsealed=True)), size_px=SIZE_PX)
    assert Fact.SEAL_GONE not in facts(_visited(frames, after_s=7.0, somebody=BEFORE_THE_SEAL))


@pytest.mark.parametrize("later", [Look(unsealed=True), Look(unsealed=True, infrared=True)], ids=str)
def test_a_restart_or_another_light_does_not_put_a_seal_back(tmp_path: Path, later: Look) -> None:
    torn = film(LEARNED, (4.0, Look()), (20.0, Look(unsealed=True)), size_px=SIZE_PX)
    assert Fact.SEAL_GONE in facts(_visited(torn, detector=DoorDetector(state=tmp_path))[-5:])
    again = film((60.0, later), began=40.0, size_px=SIZE_PX)
    said = facts(watched(DoorDetector(state=tmp_path), again))
    assert Fact.SEAL_GONE in said
    assert Fact.LEAF_SEALED not in said


def test_a_seal_put_back_is_sealed_again() -> None:
    looks = (4.0, Look()), (20.0, Look(unsealed=True)), (10.0, Look())
    assert facts(_visited(film(LEARNED, *looks, size_px=SIZE_PX))[-10:]) == {Fact.LEAF_SEALED}


def _visited(
    frames: list[Frame],
    *,
    after_s: float = 0.0,
    detector: DoorDetector | None = None,
    somebody: Observation = BEFORE_THE_LEAF,
) -> list[list[Observation]]:
    """What is said if `somebody` stands there for four seconds, so long after the leaf was learned."""
    detector, gate, come = detector or DoorDetector(), Gate(), round((LEARNED[0] + after_s) * FPS)
    parts: list[tuple[list[Frame], Sequence[Observation]]]
    parts = [(frames[:come], []), (frames[come : come + 20], [somebody]), (frames[come + 20 :], [])]
    return [said for part, seen in parts for said in watched(detector, part, seen=seen, gate=gate)]
