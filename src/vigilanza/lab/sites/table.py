"""What was measured, for people: on the terminal, and in a document."""

from collections.abc import Sequence
from datetime import UTC, datetime

from vigilanza.lab.bench.machine import Machine
from vigilanza.lab.sites.centre import DATABASE, INTAKE, NATS, PAGE
from vigilanza.lab.sites.row import CONNECTION, SITES, WANTED_P95_S, Row, knee
from vigilanza.lab.sites.town import Town

SPEED_HEAD = (
    *("times the busiest hour", "events/s", "recorded/s", "events measured"),
    *("recorded p50", "p95", "shown p50", "p95", "p99", "waiting at the end", "list p95"),
    *("tried again", "lost", "doubled", "out of order"),
)
COST_HEAD = (
    *(
        "events/s",
        "signs of life/s",
        "ms of the intake",
        "intake",
        "its connection",
        "PostgreSQL",
        "NATS",
        "page",
        "simulated sites",
    ),
    *("machine", "bytes of a message", "in the database", "of its log"),
)


def speed(row: Row) -> tuple[str, ...]:
    """Rates and delays; seconds unless said otherwise."""
    recorded, shown, verdict = row.recorded, row.shown, row.verdict
    delays = (recorded.p50, recorded.p95, shown.p50, shown.p95, shown.p99)
    return (
        *(f"{row.factor:g}", f"{row.offered:.2f}", f"{row.taken:.2f}", str(shown.count)),
        *map(_seconds, delays),
        *(str(row.waiting), _seconds(row.list_p95_s)),
        *(str(row.attempts_failed), str(verdict.lost), str(verdict.doubled), str(verdict.disordered + verdict.strange)),
    )


def cost(row: Row) -> tuple[str, ...]:
    """Cores in use, the share of the machine, and bytes of an event."""
    cores = (row.cpu[name] for name in (INTAKE, CONNECTION, DATABASE, NATS, PAGE, SITES))
    return (
        *(f"{row.offered:.2f}", f"{row.pulses:.1f}", f"{1000 * row.intake_s:.1f}"),
        *(f"{used:.2f}" for used in cores),
        f"{100 * row.machine:.0f} %",
        *(f"{size:.0f}" for size in (row.message_bytes, row.stored_bytes, row.log_bytes)),
    )


def conclusion(rows: Sequence[Row]) -> str:
    """The knee, and what is at its limit there."""
    found = knee(rows)
    if found is None:
        return f"No knee was reached: the list had 95 % of all events within {WANTED_P95_S:g} s at the highest rate."
    name, used = found.narrowest
    before = [row.offered for row in rows if row.offered < found.offered and row.keeps_up]
    lasted = f"after {max(before):.1f} a second, " if before else ""
    capacity = f"{1 / found.intake_s:.0f} a second" if found.intake_s else "nothing"
    return " ".join(
        [
            f"The knee: {lasted}at {found.offered:.1f} events a second ({found.factor:g} times the busiest hour)",
            f"95 % of them were not shown within {WANTED_P95_S:g} s any more.",
            f"The first bottleneck: {name}, at {100 * used:.0f} % of what it can.",
            f"An event costs the intake {1000 * found.intake_s:.1f} ms of processor time:",
            f"with a core of its own it would take {capacity}.",
            f"The machine was busy to {100 * found.machine:.0f} %, to {100 * found.ours:.0f} % with this.",
        ]
    )


def document(rows: Sequence[Row], *, town: Town, machine: Machine, at: float, drawing: str) -> str:
    """As Markdown. `at`: UTC, Unix seconds; `drawing`: where the curve is."""
    parts = [
        f"{town.sites} sites of {town.doors} doors; the busiest hour has {town.peak_rate():.2f} events a second.",
        f"![Seconds from commit to page, by events a second]({drawing})",
        f"{conclusion(rows)}\n\nHow soon, in seconds:",
        _ruled(SPEED_HEAD, [speed(row) for row in rows]),
        "Cores in use, and bytes of an event:",
        _ruled(COST_HEAD, [cost(row) for row in rows]),
        f"{machine.says()}. {datetime.fromtimestamp(at, UTC):%-d %B %Y}.",
    ]
    return "\n\n".join(parts) + "\n"


def _ruled(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ["--:"] * len(head), *lines))


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
