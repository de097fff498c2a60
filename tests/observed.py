"""Scripts of observations, played to the domain as a camera at some rate would."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vigilanza.domain.attack import Attack
from vigilanza.domain.attack import step as step_attack
from vigilanza.domain.events import Event
from vigilanza.domain.incident import Incident, Policy, step
from vigilanza.domain.observation import Fact, Observation

CAMERA, DOOR = "stairs-3", "B.03.12"
BEGAN = 1_795_000_000.0

CALM = (Fact.VIEW_CLEAR, Fact.LEAF_SEALED)
PRESENT = (*CALM, Fact.PERSON_AT_DOOR)
AT_WORK = (*PRESENT, Fact.HAND_ON_LEAF, Fact.WORKS_ON_LEAF)
STRAINING = (*PRESENT, Fact.STRAINS_AT_LEAF)
OPENED = (Fact.VIEW_CLEAR, Fact.LEAF_CHANGED)
DOOR_FACTS = (
    *(Fact.PERSON_AT_DOOR, Fact.HAND_ON_LEAF, Fact.WORKS_ON_LEAF, Fact.CROUCHES_AT_LEAF, Fact.STRAINS_AT_LEAF),
    *(Fact.WENT_IN, Fact.CAME_OUT, Fact.CONTACT_OPEN, Fact.LEAF_SHAKEN, Fact.LEAF_AJAR),
    *(Fact.LEAF_SEALED, Fact.LEAF_PARTLY_CHANGED, Fact.SEAL_GONE, Fact.LEAF_CHANGED, Fact.LEAF_CHANGED_AGAIN),
    Fact.LEAF_HIDDEN,
)
BLIND_FACTS = (Fact.VIEW_COVERED, Fact.VIEW_MOVED, Fact.VIEW_DEFOCUSED, Fact.VIEW_DARK, Fact.VIEW_FROZEN)


@dataclass(frozen=True, slots=True)
class Scene:
    """The same facts in every picture for some seconds; `pictures` False: none come at all."""

    seconds: float
    facts: tuple[Fact, ...] = ()
    pictures: bool = True


def gap(seconds: float) -> Scene:
    """No pictures for `seconds`."""
    return Scene(seconds, pictures=False)


def observed(facts: Sequence[Fact]) -> list[Observation]:
    """One observation of each fact, at the door or of the view."""
    return [Observation(fact, 0.8, DOOR if fact in DOOR_FACTS else None) for fact in facts]


def pictures(film: Sequence[Scene], *, fps: float, began: float = BEGAN) -> Iterator[tuple[float, list[Observation]]]:
    """(at, observations) of every picture."""
    count = 0
    for scene in film:
        length = round(scene.seconds * fps)
        if scene.pictures:
            observations = observed(scene.facts)
            for number in range(count, count + length):
                yield began + number / fps, observations
        count += length


def play(*film: Scene, fps: float = 10.0, now: Incident | None = None) -> tuple[Incident, list[Event]]:
    """The incident after a film, and all its events; goes on from `now`, one picture later, if given."""
    told: list[Event] = []
    began = BEGAN if now is None or now.at is None else now.at + 1 / fps
    now = now or Incident(CAMERA, DOOR)
    for at, observations in pictures(film, fps=fps, began=began):
        now, events = step(now, observations, at, Policy())
        told += events
    return now, told


def play_view(*film: Scene, fps: float = 10.0, now: Attack | None = None) -> tuple[Attack, list[Event]]:
    """The same for an attack on the camera."""
    told: list[Event] = []
    began = BEGAN if now is None or now.at is None else now.at + 1 / fps
    now = now or Attack(CAMERA)
    for at, observations in pictures(film, fps=fps, began=began):
        now, events = step_attack(now, observations, at)
        told += events
    return now, told
