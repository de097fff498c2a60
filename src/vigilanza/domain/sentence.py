"""Why an event was raised, as one sentence made of nothing but facts: who, what they did, what happened and when."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import TypeAlias, get_args

from vigilanza.domain.events import Event, EventKind, Phase
from vigilanza.domain.evidence import Evidence
from vigilanza.domain.language import Language, pick
from vigilanza.domain.observation import Fact

Timing: TypeAlias = Callable[[float, Language], str]
"""Says a moment (UTC, Unix seconds), e.g. "at 02:14:07"."""

_STILL_S = 2.0
"""A fact whose seconds fill the time since it began, but for such a gap, goes on."""
_NUMBERS: dict[Language, tuple[str, ...]] = {
    "it": ("nessuna", "una", "due", "tre", "quattro", "cinque", "sei"),
    "en": ("no", "one", "two", "three", "four", "five", "six"),
}
_VIEW: dict[Fact, tuple[str, str]] = {
    Fact.VIEW_COVERED: ("coperta", "covered"),
    Fact.VIEW_MOVED: ("spostata", "turned away"),
    Fact.VIEW_DEFOCUSED: ("sfocata", "out of focus"),
    Fact.VIEW_DARK: ("al buio", "in the dark"),
    Fact.VIEW_FROZEN: ("immagine ferma", "picture frozen"),
    Fact.SIGNAL_LOST: ("nessun segnale", "no signal"),
    Fact.SIGNAL_UNSTEADY: ("segnale instabile", "signal comes and goes"),
}


def sentence(event: Event, language: Language, timing: Timing) -> str:
    """One line without a full stop, e.g. "Two people at door B.03.12 for 14 s; door opened at 02:14:07"."""
    return (_at_camera if event.door is None else _at_door)(event, language, timing)


def sentences(event: Event, timing: Timing) -> dict[str, str]:
    """The same in every language, by its code."""
    return {language: sentence(event, language, timing) for language in get_args(Language)}


def most_telling(events: Sequence[Event]) -> Event | None:
    """Of one incident's events the one whose sentence says most: the gravest, the latest among equals, no ending."""
    telling = [event for event in events if event.kind not in (EventKind.CLOSED, EventKind.RESTORED)]
    return max(telling or events, key=lambda event: (event.severity.rank, event.sequence), default=None)


def by_the_clock(zone: tzinfo) -> Timing:
    """Clock times as people in `zone` read them."""

    def say(at: float, language: Language) -> str:
        return f"{pick(language, 'alle', 'at')} {datetime.fromtimestamp(at, zone):%H:%M:%S}"

    return say


def by_the_clip(start_at: float) -> Timing:
    """Seconds of a recording whose first picture was taken at `start_at`."""

    def say(at: float, language: Language) -> str:
        seconds = f"{at - start_at:.1f} s"
        return pick(language, f"a {seconds.replace('.', ',')}", f"at {seconds}")

    return say


def _at_camera(event: Event, language: Language, timing: Timing) -> str:
    said = [
        f"{pick(language, *_VIEW[item.fact])} {timing(item.at, language)}"
        for item in sorted(event.evidence, key=lambda item: item.at)
        if item.fact in _VIEW
    ]
    if event.kind is EventKind.RESTORED:
        said.append(f"{pick(language, 'vede di nuovo', 'sees again')} {timing(event.at, language)}")
    what = "; ".join(said) or timing(event.at, language)
    return f"{pick(language, 'Telecamera', 'Camera')} {event.camera}: {what}"


def _at_door(event: Event, language: Language, timing: Timing) -> str:
    if event.kind is EventKind.CLOSED:
        calm = pick(language, "di nuovo come sigillata, nessuno presente", "as sealed again, nobody there")
        return f"{pick(language, 'Porta', 'Door')} {event.door} {calm} {timing(event.at, language)}"
    facts = {item.fact: item for item in event.evidence}
    people = facts.pop(Fact.PERSON_AT_DOOR, None)
    deeds = "; ".join([*_deeds(facts, language), *_changes(event, facts, language, timing), *_others(facts, language)])
    if people is None:
        return f"{pick(language, 'Alla porta', 'At door')} {event.door}: {deeds or timing(event.at, language)}"
    said = f"{_people(people.count, language)} {pick(language, 'alla porta', 'at door')} {event.door}"
    said += _lasting(people, language, still=event.at - people.at - people.seconds <= _STILL_S)
    said = said[0].upper() + said[1:]
    return f"{said}; {deeds}" if deeds else said


def _deeds(facts: dict[Fact, Evidence], language: Language) -> Iterator[str]:
    """What people did at the door; takes out of `facts` what it tells."""
    touched, worked = facts.pop(Fact.HAND_ON_LEAF, None), facts.pop(Fact.WORKS_ON_LEAF, None)
    crouched = facts.pop(Fact.CROUCHES_AT_LEAF, None)
    if crouched is not None:
        words = pick(language, "al lavoro in posizione accovacciata", "at work on the heels or knees")
        yield words + _lasting(crouched, language)
    elif worked is not None:
        yield pick(language, "mani all'opera", "hands at work") + _lasting(worked, language)
    elif touched is not None:
        yield pick(language, "mani sull'anta", "hands on the leaf") + _lasting(touched, language)
    shaken = facts.pop(Fact.LEAF_SHAKEN, None)
    if shaken is not None:
        counted = pick(language, f" {shaken.count} volte", f" {shaken.count} times") if shaken.count > 1 else ""
        yield pick(language, "anta scossa", "leaf shaken") + counted
    strained = facts.pop(Fact.STRAINS_AT_LEAF, None)
    if strained is not None:
        blows = strained.count // 2  # to and fro are one
        if blows == 0:
            yield pick(language, "colpi o spinte", "blows or heaves")
        else:
            one = pick(language, "un colpo o una spinta", "one blow or heave")
            yield one if blows == 1 else pick(language, f"{blows} colpi o spinte", f"{blows} blows or heaves")


def _changes(event: Event, facts: dict[Fact, Evidence], language: Language, timing: Timing) -> Iterator[str]:
    """What became of the door, and who went through it; what the incident does not yet believe is told as seen."""
    opened = event.phase in (Phase.FORCED, Phase.ENTERED)
    part, changed = facts.pop(Fact.LEAF_PARTLY_CHANGED, None), facts.pop(Fact.LEAF_CHANGED, None)
    ajar = facts.pop(Fact.LEAF_AJAR, None)
    if changed is not None:
        words = pick(language, "anta diversa", "leaf different")
        if opened:
            words = pick(language, "porta aperta", "door opened")
            if event.kind is not EventKind.DOOR_OPENED:  # a later run of the fact: not when it was opened
                words = pick(language, "porta vista aperta", "door seen open")
        yield f"{words} {timing(changed.at, language)}"
    elif ajar is not None:
        yield f"{pick(language, 'anta socchiusa', 'leaf ajar')} {timing(ajar.at, language)}"
    elif part is not None:
        yield pick(language, "parte dell'anta diversa", "part of the leaf different") + _lasting(part, language)
    again = facts.pop(Fact.LEAF_CHANGED_AGAIN, None)
    if again is not None:
        yield f"{pick(language, 'anta cambiata di nuovo', 'leaf changed again')} {timing(again.at, language)}"
    contact = facts.pop(Fact.CONTACT_OPEN, None)
    if contact is not None:
        words = pick(language, "contatto della porta aperto", "door contact open")
        yield f"{words} {timing(contact.at, language)}"
    for fact, went in ((Fact.WENT_IN, True), (Fact.CAME_OUT, False)):
        passed = facts.pop(fact, None)
        if passed is not None:
            yield _passed(passed.count, language, went=went, opened=opened)


def _passed(count: int, language: Language, *, went: bool, opened: bool) -> str:
    """Nobody goes through a sealed leaf: until the door is believed open, people only come into or out of view."""
    italian, english = {
        (True, True): ("entrata", "went in"),
        (True, False): ("sparita presso la porta", "lost from view at the door"),
        (False, True): ("uscita", "came out"),
        (False, False): ("apparsa presso la porta", "came into view at the door"),
    }[went, opened]
    participle, *rest = italian.split(" ")
    italian = " ".join([participle if count == 1 else participle[:-1] + "e", *rest])
    return f"{_people(count, language)} {pick(language, italian, english)}"


def _others(facts: dict[Fact, Evidence], language: Language) -> Iterator[str]:
    """Facts without a clause of their own, in the words of the evidence list."""
    for item in facts.values():
        yield item.say(language)


def _people(count: int, language: Language) -> str:
    names = _NUMBERS[language]
    number = names[count] if count < len(names) else str(count)
    return f"{number} {pick(language, 'persona', 'person') if count == 1 else pick(language, 'persone', 'people')}"


def _lasting(item: Evidence, language: Language, *, still: bool = False) -> str:
    """How long, with a blank before it; nothing under a second."""
    if item.seconds < 1.0:
        return ""
    span = f"{item.seconds:.0f} s" if item.seconds < 120.0 else f"{item.seconds / 60:.0f} min"
    return f" {pick(language, 'da' if still else 'per', 'for')} {span}"
