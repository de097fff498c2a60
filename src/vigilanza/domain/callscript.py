"""What an operator reads aloud on the telephone about a confirmed incident, line by line. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import get_args
from uuid import UUID
from zoneinfo import ZoneInfo

from vigilanza.domain.language import Language, pick
from vigilanza.domain.premises import Premises

_SCORES = {
    1: ("non è stato possibile verificare con le immagini", "it could not be verified by the pictures"),
    2: ("una persona presente, nessuna forzatura vista", "a person is present, no forcing was seen"),
    3: ("forzatura o ingresso", "forcing or entry"),
    4: ("pericolo per la vita di persone", "danger to life"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is known; `seen` is the sentence of the most telling event in each language, times are UTC Unix seconds.

    `avs`: the score of the confirmation. `until`: the end of the window of flagranza.
    """

    incident: UUID
    door: str | None
    camera: str
    seen: Mapping[str, str]
    first_at: float
    until: float
    avs: int


def spoken_number(incident: UUID) -> str:
    """The beginning of an incident's id, which every alert carries in full, in two groups that can be spelled."""
    return f"{incident.hex[:4]} {incident.hex[4:8]}".upper()


def call_script(premises: Premises, told: Told) -> dict[str, list[str]]:
    """The lines in every language, by its code."""
    zone = ZoneInfo(premises.timezone)
    return {language: list(_lines(premises, told, language, zone)) for language in get_args(Language)}


def _lines(premises: Premises, told: Told, language: Language, zone: tzinfo) -> Iterator[str]:
    if not premises.production:
        yield pick(language, "QUESTA È UN'ESERCITAZIONE.", "THIS IS AN EXERCISE.")
    where = premises.whose(told.door, told.camera)
    office = ", ".join(part for part in (premises.manager, premises.name) if part)
    yield pick(
        language,
        f"Buongiorno, chiamo dalla sala di controllo {office}. Segnalo un incidente confermato da un operatore.",
        f"Good day, this is the control room of {office}. I report an incident confirmed by an operator.",
    )
    yield f"{pick(language, 'Indirizzo', 'Address')}: {where.place(told.door, language)}."
    if told.door is not None:
        yield pick(language, f"Codice della porta: {told.door}.", f"Code of the door: {told.door}.")
    yield f"{pick(language, 'Che cosa si è visto', 'What was seen')}: {told.seen[language]}."
    score = pick(language, *_SCORES[told.avs])
    yield f"{pick(language, 'Verifica', 'Verification')}: AVS {told.avs}, {score}."
    first, until = (datetime.fromtimestamp(at, zone) for at in (told.first_at, told.until))
    yield pick(
        language,
        f"Visto dalle {first:%H:%M} del {first:%d/%m}. La flagranza dura fino alle {until:%H:%M} del {until:%d/%m}.",
        f"Seen since {first:%H:%M} on {first:%d/%m}. The window of flagranza ends at {until:%H:%M} on {until:%d/%m}.",
    )
    number = spoken_number(told.incident)
    yield pick(language, f"Numero dell'incidente: {number}.", f"Number of the incident: {number}.")
    yield pick(
        language,
        "Mi dice il Suo nome, e se e quando arriva qualcuno?",
        "May I have your name, and will somebody come, and when?",
    )
