"""Why an event was raised: facts with their times, and the same in words."""

from dataclasses import dataclass
from typing import Any

from vigilanza.domain.language import Language, pick
from vigilanza.domain.observation import Fact


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact that counted: first seen `at` (UTC, Unix seconds), seen for `seconds` in all, `confidence` 0..1.

    `count` is how many were seen at once at most: people at the door; strokes of the trunk, or shakes of the leaf,
    within a few seconds.
    """

    fact: Fact
    at: float
    seconds: float
    confidence: float
    count: int = 1

    def to_json(self) -> dict[str, Any]:
        """As JSON values; `from_json` gives back an equal object. A `count` of 1 is left out."""
        raw = {"fact": self.fact.value, "at": self.at, "seconds": self.seconds, "confidence": self.confidence}
        return raw if self.count == 1 else raw | {"count": self.count}

    @staticmethod
    def from_json(raw: dict[str, Any]) -> "Evidence":
        """Inverse of `to_json`; KeyError or ValueError if `raw` is not such an object."""
        at, seconds, confidence = float(raw["at"]), float(raw["seconds"]), float(raw["confidence"])
        return Evidence(Fact(raw["fact"]), at, seconds, confidence, int(raw.get("count", 1)))

    def say(self, language: Language) -> str:
        """The fact in words an operator reads, e.g. "hands on the leaf for 6.2 s"."""
        words = say_fact(self.fact, language)
        if self.seconds < 1.0:
            return words
        return f"{words} {pick(language, 'per', 'for')} {self.seconds:.0f} s"


def say_fact(fact: Fact, language: Language) -> str:
    """In words an operator reads, e.g. "hands on the leaf"."""
    return pick(language, *_WORDS[fact])


_WORDS: dict[Fact, tuple[str, str]] = {
    Fact.PERSON: ("persona", "person"),
    Fact.PERSON_AT_DOOR: ("persona davanti alla porta sigillata", "person at the sealed door"),
    Fact.HAND_ON_LEAF: ("mani sull'anta", "hands on the leaf"),
    Fact.LEAF_SHAKEN: ("anta scossa", "leaf shaken"),
    Fact.LEAF_SEALED: ("anta come nel riferimento sigillato", "leaf as in the sealed reference"),
    Fact.LEAF_AJAR: ("anta socchiusa", "leaf ajar"),
    Fact.LEAF_CHANGED: ("anta diversa dal riferimento sigillato", "leaf differs from the sealed reference"),
    Fact.LEAF_PARTLY_CHANGED: (
        "parte dell'anta diversa dal riferimento",
        "part of the leaf differs from the reference",
    ),
    Fact.SEAL_GONE: ("tolto un sigillo o un avviso dall'anta", "a seal or notice is gone from the leaf"),
    Fact.LEAF_CHANGED_AGAIN: ("anta cambiata di nuovo", "leaf changed again"),
    Fact.LEAF_HIDDEN: ("anta nascosta da qualcuno o qualcosa", "leaf hidden by somebody or something"),
    Fact.WORKS_ON_LEAF: ("persona rivolta alla porta, mani all'opera", "person turned to the door, hands at work"),
    Fact.CROUCHES_AT_LEAF: (
        "persona al lavoro in posizione accovacciata",
        "person at work on the heels or knees",
    ),
    Fact.STRAINS_AT_LEAF: ("colpi o spinte con tutto il corpo", "blows or heaves with the whole body"),
    Fact.CONTACT_OPEN: ("contatto della porta aperto", "door contact open"),
    Fact.WENT_IN: ("persona scomparsa attraverso la porta", "person vanished through the door"),
    Fact.CAME_OUT: ("persona uscita dalla porta", "person came out of the door"),
    Fact.VIEW_CLEAR: ("visuale libera", "view clear"),
    Fact.VIEW_COVERED: ("telecamera coperta", "camera covered"),
    Fact.VIEW_MOVED: ("telecamera spostata", "camera turned away"),
    Fact.VIEW_DEFOCUSED: ("immagine sfocata", "picture out of focus"),
    Fact.VIEW_DARK: ("immagine buia", "picture dark"),
    Fact.VIEW_FROZEN: ("immagine congelata", "picture frozen"),
    Fact.SIGNAL_LOST: ("segnale video assente", "no video signal"),
    Fact.SIGNAL_UNSTEADY: ("segnale video instabile", "video signal comes and goes"),
}
