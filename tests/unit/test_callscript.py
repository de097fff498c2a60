"""What is read aloud on the telephone."""

from dataclasses import replace
from uuid import UUID

from vigilanza.domain.callscript import Told, call_script, spoken_number
from vigilanza.domain.premises import Premises, Unit

AT = 1795313647.48
INCIDENT = UUID("4f2a91c7-0000-4000-8000-000000000000")
PLACE = Premises(
    "0423",
    "via Esempio 4",
    address="via Esempio 4",
    municipality="Milano",
    manager="ALER",
    units={"B.03.12": Unit("B.03.12", "B", "3", "12")},
    production=True,
)
TOLD = Told(
    INCIDENT,
    "B.03.12",
    "stairs-3",
    {"it": "Porta aperta", "en": "Door opened"},
    first_at=AT,
    until=AT + 48 * 3600,
    avs=3,
)


def test_the_script_tells_where_what_how_sure_how_long_and_the_number() -> None:
    assert call_script(PLACE, TOLD) == {
        "it": [
            "Buongiorno, chiamo dalla sala di controllo ALER, via Esempio 4. "
            "Segnalo un incidente confermato da un operatore.",
            "Indirizzo: Milano, via Esempio 4, scala B, piano 3, interno 12.",
            "Codice della porta: B.03.12.",
            "Che cosa si è visto: Porta aperta.",
            "Verifica: AVS 3, forzatura o ingresso.",
            "Visto dalle 03:14 del 22/11. La flagranza dura fino alle 03:14 del 24/11.",
            "Numero dell'incidente: 4F2A 91C7.",
            "Mi dice il Suo nome, e se e quando arriva qualcuno?",
        ],
        "en": [
            "Good day, this is the control room of ALER, via Esempio 4. I report an incident confirmed by an operator.",
            "Address: Milano, via Esempio 4, stair B, floor 3, flat 12.",
            "Code of the door: B.03.12.",
            "What was seen: Door opened.",
            "Verification: AVS 3, forcing or entry.",
            "Seen since 03:14 on 22/11. The window of flagranza ends at 03:14 on 24/11.",
            "Number of the incident: 4F2A 91C7.",
            "May I have your name, and will somebody come, and when?",
        ],
    }


def test_a_site_that_is_not_in_production_says_so_first() -> None:
    script = call_script(replace(PLACE, production=False), TOLD)
    assert script["it"][0] == "QUESTA È UN'ESERCITAZIONE."
    assert script["en"][0] == "THIS IS AN EXERCISE."


def test_an_incident_of_a_camera_has_the_address_of_the_site() -> None:
    lines = call_script(PLACE, replace(TOLD, door=None))["it"]
    assert "Indirizzo: Milano, via Esempio 4." in lines
    assert not [line for line in lines if line.startswith("Codice")]


def test_the_spoken_number_is_the_beginning_of_the_id() -> None:
    assert spoken_number(INCIDENT).replace(" ", "").lower() == str(INCIDENT)[:8]


def test_a_centre_tells_where_the_site_is_and_never_where_it_is_itself() -> None:
    site = Premises("0423", "via Esempio 9", address="via Esempio 9", municipality="Rho")
    centre = replace(PLACE, site="centre", name="Centrale", sites={"0423": site})
    for door, camera, where in (
        ("0423/B.03.12", "0423/stairs-3", "Rho, via Esempio 9, 0423/B.03.12"),
        (None, "0423/stairs-3", "Rho, via Esempio 9"),
        ("gone/B.03.12", "gone/stairs-3", "gone, gone/B.03.12"),
        ("B.03.12", "stairs-3", "Milano, via Esempio 4, scala B, piano 3, interno 12"),
    ):
        lines = call_script(centre, replace(TOLD, door=door, camera=camera))["it"]
        assert lines[0].startswith("Buongiorno, chiamo dalla sala di controllo ALER, Centrale.")
        assert lines[1] == f"Indirizzo: {where}."
