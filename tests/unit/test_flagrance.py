"""The window of flagranza is the site's: told by every alert, by CAP and by its feed."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, select

from tests.cap import NOW, PREMISES, confirmed
from tests.cap_messages import alert, named, text, writer
from tests.fakes import FakeClock
from tests.samples import BEGAN, break_in, incident_id
from tests.unit.test_config_errors import DESTINATION, ENVIRON, GOOD
from vigilanza.app.memory import open_memory
from vigilanza.app.premises import premises
from vigilanza.config import load
from vigilanza.domain.alert import rfc3339
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.store.database import reading
from vigilanza.store.mailbox import Mailbox
from vigilanza.store.queries import Queries
from vigilanza.store.schema_bridge import deliveries
from vigilanza.web.present import incident_brief

DAY = 86_400.0


def test_what_the_configuration_says_is_told_by_every_alert(tmp_path: Path) -> None:
    path = tmp_path / "cameras.yaml"
    path.write_text(
        GOOD.replace("name: via Esempio 4", "name: via Esempio 4, flagrante_hours: 24") + DESTINATION, "utf-8"
    )
    config = load(path, environ=ENVIRON)
    assert premises(config).flagrante_seconds == DAY
    memory = open_memory(config, clock=FakeClock(BEGAN + 100.0))
    memory.journal.record(break_in("a", count=1))
    memory.journal.decide(Decision(incident_id("a"), "anna", BEGAN + 60, avs=3))
    with reading(memory.engine) as connection:
        told = connection.execute(select(deliveries.c.data, deliveries.c.destination)).all()
    memory.engine.dispose()
    assert [row.data["flagrante_until"] for row in told] == [rfc3339(BEGAN + DAY)] * 2


def test_a_withdrawal_by_cap_ends_with_the_same_window() -> None:
    withdrawn = alert("rejected", reason=RejectReason.CHILDREN.value, flagrante_until=None)
    message = writer(replace(PREMISES, flagrante_seconds=DAY)).write(withdrawn)
    assert text(message, "info/expires")[0] == "2026-11-19T12:06:40+01:00"
    assert named(message, "parameter")["vgz:flagranteUntil"] == "2026-11-19T12:06:40.480+01:00"


def test_the_feed_reaches_back_as_far(sqlite: Engine) -> None:
    incident = confirmed(sqlite)
    later = NOW + 3 * DAY
    assert Mailbox(sqlite, "room").latest(later) == []
    assert [one.incident for one in Mailbox(sqlite, "room", reach=4 * DAY).latest(later)] == [incident]


def test_the_page_counts_down_to_the_same_end(sqlite: Engine) -> None:
    view = Queries(sqlite).incident(confirmed(sqlite))
    assert view is not None
    shown = incident_brief(view, flagrante=DAY)
    assert shown["flagrance_until"] == (shown["first_entry_at"] or shown["opened_at"]) + DAY
