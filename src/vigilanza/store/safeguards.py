"""What protects people and doors: what is in force, and what two persons let protect less."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine, func, insert, select

from vigilanza.clock import Clock
from vigilanza.domain.ask import Act, Ask, check_second
from vigilanza.domain.errors import SafeguardRefused
from vigilanza.domain.safeguards import Safeguards, Weakening, strictest, weakenings
from vigilanza.domain.wording import check_line
from vigilanza.store.asks import note_ask, note_grant, open_ask
from vigilanza.store.audit import append_record
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.schema import audit, operators
from vigilanza.store.schema_safeguards import safeguards
from vigilanza.store.sessions import CLOSED, ELSEWHERE

_LAST = select(safeguards.c.terms).order_by(safeguards.c.number.desc()).limit(1)
_NUMBER = select(func.max(safeguards.c.number))
_RECENT = 100_000
"""Records of the audit chain among which what waits is looked for; if it is not there, it is told again."""
_LAST_ACT = (
    select(audit.c.action, audit.c.subject)
    .where(audit.c.number > select(func.max(audit.c.number)).scalar_subquery() - _RECENT)
    .where(audit.c.action.startswith("safeguards.", autoescape=True))
    .order_by(audit.c.number.desc())
    .limit(1)
)
_WAITING = ("safeguards.pending", "safeguards.asked")
_WE = "vigilanza"
LONGEST_REASON, LONGEST_NAME = 200, 64


@dataclass(frozen=True, slots=True)
class Standing:
    """What would protect less than approved, and who asked that it may; `digest` is that of what is wanted."""

    digest: str
    pending: Sequence[Weakening]
    ask: Ask | None


class SafeguardBook:
    """Every change is in the audit chain, in the transaction that makes it.

    Every method may raise JournalUnavailable.
    """

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def settle(self, wanted: Safeguards, known: Safeguards | None = None) -> Safeguards:
        """What is in force from now on, where the configuration says `wanted`.

        What protects more counts at once, what protects less is noted as pending. In a database that knows of none
        what counted last elsewhere (`known`) is carried over; without it the first one counts as approved: it is what
        was handed over.
        """
        with reading(self._engine) as connection:
            last = self._last(connection)
            merged = wanted if last is None else _merged(connection, last, wanted)
            if merged == last and _is_told(connection, merged, wanted):
                return merged  # in the order of the file
        with writing(self._engine) as connection:
            last = self._last(connection)
            if last is None:
                last, how = (wanted, "commissioned") if known is None else (known, "carried_over")
                self._enter(connection, last, how, by=_WE, detail=_summary(last))
            merged = _merged(connection, last, wanted)
            if merged != last:
                self._enter(connection, merged, "updated", by=_WE, detail=_summary(merged))
            if not _is_told(connection, merged, wanted):
                self._note(connection, "pending", wanted, by=_WE, detail=_listed(weakenings(merged, wanted)))
        return merged

    def counting(self, wanted: Safeguards, known: Safeguards | None = None) -> Safeguards:
        """What `settle` would say now; nothing is noted."""
        with reading(self._engine) as connection:
            last = self._last(connection) or known
            return wanted if last is None else _merged(connection, last, wanted)

    def number(self) -> int:
        """It rises with everything that counts from then on; 0 while nothing was ever approved."""
        with reading(self._engine) as connection:
            return connection.execute(_NUMBER).scalar() or 0

    def standing(self, wanted: Safeguards) -> Standing:
        """How it is with what the configuration says now."""
        digest = digest_of(wanted)
        with reading(self._engine) as connection:
            last = self._last(connection)
            found = () if last is None else weakenings(_released(connection, last, wanted), wanted)
            ask = open_ask(connection, Act.WEAKENING, digest, self._clock.now())
        return Standing(digest, found, ask)

    def ask(self, wanted: Safeguards, *, digest: str, reason: str, by: str) -> Standing:
        """Ask that `wanted`, of that digest, may count. SafeguardRefused if it is another one, or protects no less."""
        check_line("reason", reason, LONGEST_REASON, SafeguardRefused)
        check_line("by", by, LONGEST_NAME, SafeguardRefused)
        with writing(self._engine) as connection:
            pending = self._pending(connection, wanted, digest)
            ask = note_ask(connection, Act.WEAKENING, digest, reason=reason.strip(), by=by, at=self._clock.now())
            self._note(connection, "asked", wanted, by=by, detail=_listed(pending) | {"reason": ask.reason})
        return Standing(digest, pending, ask)

    def approve(self, wanted: Safeguards, *, digest: str, by: str) -> Standing:
        """Grant what another person asked: `wanted` is approved, and counts where it is read next. SafeguardRefused."""
        now = self._clock.now()
        with writing(self._engine) as connection:
            pending = self._pending(connection, wanted, digest)
            ask = open_ask(connection, Act.WEAKENING, digest, now)
            if ask is None:
                raise SafeguardRefused("hash", "nobody has asked for this within 24 hours: ask first")
            check_second(ask.asked_by, by, "approve what protects less", SafeguardRefused)
            granted = note_grant(connection, ask, by=by, at=now)
            detail = _listed(pending) | {"reason": ask.reason, "asked_by": ask.asked_by}
            self._enter(connection, wanted, "approved", by=by, detail=detail)
        return Standing(digest, (), granted)

    def _note(
        self, connection: Connection, what: str, wanted: Safeguards, *, by: str, detail: Mapping[str, object]
    ) -> None:
        at, subject = self._clock.now(), digest_of(wanted)
        append_record(connection, at=at, who=by, action=f"safeguards.{what}", subject=subject, detail=detail)
        mark_changed(connection)

    def _last(self, connection: Connection) -> Safeguards | None:
        text = connection.execute(_LAST).scalar()
        return None if text is None else read_terms(text)

    def _pending(self, connection: Connection, wanted: Safeguards, digest: str) -> Sequence[Weakening]:
        """SafeguardRefused unless it is what was seen, and there is something to approve."""
        last = self._last(connection)
        if digest_of(wanted) != digest:
            raise SafeguardRefused("hash", "the configuration was changed since it was read: look again")
        found = () if last is None else weakenings(_released(connection, last, wanted), wanted)
        if not found:
            raise SafeguardRefused("hash", "nothing of it protects less than what was approved")
        return found

    def _enter(
        self, connection: Connection, terms: Safeguards, how: str, *, by: str, detail: Mapping[str, object]
    ) -> None:
        """The next row, and its audit record."""
        last = connection.execute(select(safeguards.c.number).order_by(safeguards.c.number.desc()).limit(1)).scalar()
        number, digest, at = (last or 0) + 1, digest_of(terms), self._clock.now()
        row = {"number": number, "terms": write_terms(terms), "sha256": digest}
        connection.execute(insert(safeguards).values(row | {"how": how, "by": by, "at": at}))
        self._note(connection, how, terms, by=by, detail={"number": number, **detail})


def digest_of(terms: Safeguards) -> str:
    """SHA-256 of what is written down of them, in hex."""
    return hashlib.sha256(write_terms(terms).encode()).hexdigest()


def write_terms(terms: Safeguards) -> str:
    """As JSON, always the same for the same ones."""
    named = {name: getattr(terms, name) for name in Safeguards.__slots__}
    return json.dumps(named, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read_terms(text: str) -> Safeguards:
    """What `write_terms` wrote."""
    return Safeguards(**json.loads(text))


def _merged(connection: Connection, approved: Safeguards, wanted: Safeguards) -> Safeguards:
    return strictest(_released(connection, approved, wanted), wanted)


def _released(connection: Connection, approved: Safeguards, wanted: Safeguards) -> Safeguards:
    """Who says who is signing in may go, unless nobody at all could sign in then."""
    if wanted.provider or not approved.provider:
        return approved
    held = set(connection.scalars(select(operators.c.password)))
    return approved if ELSEWHERE in held <= {ELSEWHERE, CLOSED} else replace(approved, provider={})


def _is_told(connection: Connection, counts: Safeguards, wanted: Safeguards) -> bool:
    """Whether nothing waits, or the last word about safeguards in the audit chain is that just this does."""
    if not weakenings(counts, wanted):
        return True
    last = connection.execute(_LAST_ACT).first()
    return last is not None and last.action in _WAITING and last.subject == digest_of(wanted)


def _listed(found: Sequence[Weakening]) -> dict[str, object]:
    return {"weaker": [weakening.words() for weakening in found]}


def _summary(terms: Safeguards) -> dict[str, object]:
    return {
        "retention_hours": terms.retention_hours,
        "interiors_shown": terms.interiors_shown,
        "cameras": sorted(terms.cameras),
        "destinations": sorted(terms.destinations),
        "viewers": sorted(terms.viewers),
        "originals": list(terms.originals),
        "provider": (terms.provider or {}).get("issuer", ""),
    }
