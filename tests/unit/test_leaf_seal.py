"""A seal that is torn off is told from a leaflet that is put on, and from what the light takes away."""

from collections.abc import Sequence

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


def _visited(frames: list[Frame]) -> list[list[Observation]]:
    """What is said if somebody stands before the leaf for four seconds after it was learned."""
    detector, gate, learned = DoorDetector(), Gate(), round(LEARNED[0] * FPS)
    parts: list[tuple[list[Frame], Sequence[Observation]]]
    parts = [(frames[:learned], []), (frames[learned : learned + 20], [BEFORE_THE_LEAF]), (frames[learned + 20 :], [])]
    return [said for part, seen in parts for said in watched(detector, part, seen=seen, gate=gate)]
