"""Straining is told of somebody at the sealed door who turns to it or has a hand near it, and of nobody else."""

import math
from dataclasses import replace

from tests.acted import Actor, Posture, told
from vigilanza.domain.observation import Fact


def levering(t: float) -> Posture:
    swing = 0.5 - 0.5 * math.cos(2 * math.pi * t / 1.3)
    return Posture(across=0.1 * swing, stoop=0.35 * swing)


def test_somebody_who_levers_at_the_sealed_door_strains() -> None:
    assert Fact.STRAINS_AT_LEAF in told(Actor(levering))


def test_somebody_who_stands_there_does_not() -> None:
    said = told(Actor(lambda t: Posture()))
    assert Fact.PERSON_AT_DOOR in said
    assert Fact.STRAINS_AT_LEAF not in said


def test_somebody_who_does_the_same_beside_the_door_does_not() -> None:
    assert Fact.STRAINS_AT_LEAF not in told(Actor(levering, aside_px=320.0))


def test_whoever_worked_on_the_wall_beside_it_and_passes_the_door_then_does_not() -> None:
    def passing(t: float) -> Posture:
        beside = 1.75 if t < 5.0 else max(0.0, 1.75 - 2.0 * (t - 5.0))
        return replace(levering(t), across=beside + levering(t).across) if t < 5.0 else Posture(across=beside)

    said = told(Actor(passing))
    assert Fact.PERSON_AT_DOOR in said
    assert Fact.STRAINS_AT_LEAF not in said


def test_steps_on_the_way_to_the_door_are_not_counted() -> None:
    def arriving(t: float) -> Posture:
        """Hesitates, to and fro, two metres off; then goes to the door and looks at the lock."""
        if t < 2.4:
            return Posture(across=2.6 + 0.4 * (math.floor(t / 0.4) % 2))
        return Posture(across=max(0.0, 2.6 - 2.0 * (t - 2.4)), stoop=0.3 if t > 4.2 else 0.0)

    assert Fact.STRAINS_AT_LEAF not in told(Actor(arriving))


def test_three_strokes_are_force_if_the_hands_are_at_work_and_no_accident_if_not() -> None:
    def heaving(t: float) -> Posture:
        """Forward, back and forward again, once."""
        return Posture(stoop=0.3 * (0.5 - 0.5 * math.cos(2 * math.pi * min(t, 1.8) / 1.2)))

    assert Fact.STRAINS_AT_LEAF in told(Actor(heaving))
    assert Fact.STRAINS_AT_LEAF not in told(Actor(heaving, facing=False))


def test_movements_with_a_rest_between_them_are_no_strokes() -> None:
    def now_and_then(t: float) -> Posture:
        """Leans forward and back again; and once more, over two seconds later."""
        return Posture(stoop=0.3 * (0.5 - 0.5 * math.cos(2 * math.pi * min(t, 1.2) / 1.2)) if t < 3.6 else 0.3)

    assert Fact.STRAINS_AT_LEAF not in told(Actor(now_and_then))


def test_bending_down_to_a_bag_and_up_again_is_no_stroke() -> None:
    def putting_down(t: float) -> Posture:
        return Posture(stoop=0.15 if t < 2.0 else 0.4, crouch=1.4 if 2.0 < t < 3.6 else 0.0)

    said = told(Actor(putting_down))
    assert Fact.CROUCHES_AT_LEAF in said
    assert Fact.STRAINS_AT_LEAF not in said
