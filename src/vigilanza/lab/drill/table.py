"""The drill's table: for each seed a line per destination, relay and database, and one with the sums."""

from collections.abc import Sequence
from typing import TypeAlias

from vigilanza.lab.drill.bridge import Played
from vigilanza.lab.drill.chaos import DATABASE, RELAY, Fault

Line: TypeAlias = tuple[str | int, ...]

HEAD: Line = (
    *("seed", "who", "alerts", "attempts", "killed", "frozen", "wrong"),
    *("unpaid", "lost", "doubled", "disordered", "seconds"),
)
ALL = "all"


def lines_of(seed: int, played: Played) -> Sequence[Line]:
    """Of one seed; the last one has the sums, and how long it took."""

    def faults(whom: str) -> Sequence[int]:
        return [played.faults.get((whom, fault), 0) for fault in Fault]

    parties = [
        [one.owed, one.attempts or 0, *faults(one.party), one.unpaid, one.lost, one.twice, one.disordered]
        for one in played.verdicts
    ]
    around = [[0, 0, *faults(whom), 0, 0, 0, 0] for whom in (RELAY, DATABASE)]
    sums = [sum(column) for column in zip(*parties, *around, strict=True)]
    return [
        *(
            (seed, one.party, owed, "" if one.attempts is None else attempts, *rest, "")
            for one, (owed, attempts, *rest) in zip(played.verdicts, parties, strict=True)
        ),
        *((seed, whom, "", "", *faults(whom), *[""] * 5) for whom in (RELAY, DATABASE)),
        (seed, ALL, *sums, round(played.seconds)),
    ]


def plain(line: Line) -> str:
    """For a terminal."""
    seed, who, *rest = line
    columns = (f"{one:>{len(str(title))}}" for one, title in zip(rest, HEAD[2:], strict=True))
    return f"{seed:>4}  {who:15} {' '.join(columns)}"


def page(title: str, lines: Sequence[Line]) -> str:
    """As Markdown: the sums of each seed, then everything."""
    return f"{title}\n\n{_table([one for one in lines if one[1] == ALL])}\n{_table(lines)}"


def _table(lines: Sequence[Line]) -> str:
    ruled = [HEAD, ("--:", ":--", *["--:"] * (len(HEAD) - 2)), *lines]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in ruled)
