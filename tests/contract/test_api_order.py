"""Which incidents the journal gives first, on both databases."""

from sqlalchemy import Engine

from tests.fakes import FakeClock
from tests.samples import BEGAN, VMS, break_in, incident_id
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.store.journal import Journal
from vigilanza.store.queries import Queries


def test_what_got_worse_after_its_decision_is_not_cut_off_behind_decided_ones(engine: Engine) -> None:
    journal = Journal(engine=engine, destinations=[VMS], clock=FakeClock(), site="0423")
    for name, avs in (("rejected", None), ("unclear", 1), ("confirmed", 3)):
        story = break_in(name, count=4)
        journal.record(story[:1])
        reason = RejectReason.CHILDREN if avs is None else None
        journal.decide(Decision(incident_id(name), "anna", story[0].at + 0.5, avs=avs, reason=reason))
        journal.record(story[1:])
    for number in range(5):
        journal.record(break_in(f"newer {number}", count=1, began=BEGAN + 1000 + number))
        journal.decide(Decision(incident_id(f"newer {number}"), "anna", BEGAN + 2000, reason=RejectReason.TEST))
    first = {view.id for view in Queries(engine).incidents(limit=2)}
    assert first == {incident_id("rejected"), incident_id("unclear")}
    journal.decide(Decision(incident_id("rejected"), "anna", BEGAN + 3000, reason=RejectReason.TEST))
    assert Queries(engine).incidents(limit=1)[0].id == incident_id("unclear")
