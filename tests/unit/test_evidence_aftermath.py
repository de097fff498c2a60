"""What was done after the confirmation goes into the package of evidence. On both databases."""

import json
import zipfile
from pathlib import Path

from sqlalchemy import Engine

from tests.sealed import ASKS, GRANTS, faults, open_office
from vigilanza.domain.aftermath import Step
from vigilanza.domain.call import Call
from vigilanza.domain.decision import Decision
from vigilanza.store.aftermath import Aftermath
from vigilanza.store.handovers import Handovers
from vigilanza.store.journal import Journal


def test_steps_calls_and_notes_about_it_are_in_the_package(engine: Engine, tmp_path: Path) -> None:
    office = open_office(engine, tmp_path)
    now, incident = office.clock.now(), office.scene.incident
    journal = Journal(engine=engine, destinations=[], clock=office.clock, site="0423")
    journal.decide(Decision(incident, ASKS, now, avs=3))
    aftermath = Aftermath(engine=engine, journal=journal, clock=office.clock)
    handovers = Handovers(engine=engine, clock=office.clock)
    call = Call("Numero unico", "112", now, "agente 12", "mandano una volante")
    told = aftermath.telephone(incident, call, sends=True, destination=None, by=ASKS, after=None)
    aftermath.take(incident, Step.ON_SITE, note=None, by=ASKS, after=told.taken[-1].id)
    note = handovers.write("aspettano il fabbro", by=ASKS, about=[incident])
    other = handovers.write("luce rotta alla scala A", by=ASKS)
    handovers.take(note.id, by=GRANTS)
    sealed = office.seal()
    assert faults(sealed.path, office.key.public) == []
    with zipfile.ZipFile(sealed.path) as archive:
        after = json.loads(archive.read("aftermath.json"))
        records = [json.loads(line) for line in archive.read("audit.ndjson").splitlines()]
        assert "aftermath.json" in archive.read("LEGGIMI-README.txt").decode()
    assert [(step["what"], step["by"]) for step in after["steps"]] == [("dispatched_by_phone", ASKS), ("on_site", ASKS)]
    assert after["steps"][0]["call"] == {
        "whom": "Numero unico",
        "number": "112",
        "at": now,
        "spoke_with": "agente 12",
        "said": "mandano una volante",
    }
    [kept] = after["handover_notes"]
    assert (kept["text"], kept["taken_by"], kept["about"]) == ("aspettano il fabbro", GRANTS, [str(incident)])
    done = {(record["action"], record["subject"]) for record in records}
    assert {("incident.followed_up", str(incident)), ("handover.taken", str(note.id))} <= done
    assert str(other.id) not in {record["subject"] for record in records}
