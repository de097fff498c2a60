"""The table of the drill of a box: a line for each seed, and one for each kind."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeAlias

from vigilanza.lab.drill.box.outcome import Outcome
from vigilanza.lab.drill.box.promises import Account

Line: TypeAlias = tuple[str | int, ...]

HEAD: Line = (
    *("kind", "seed", "break-ins", "alerts", "faults", "unpaid", "lost", "doubled", "disordered", "invented"),
    *("spoilt", "untold", "late", "ended", "gap s", "back s", "seconds"),
)
_WIDE = 16


@dataclass(frozen=True, slots=True)
class Played:
    """One seed of one kind; or `why` it could not be played."""

    kind: str
    seed: int
    outcome: Outcome | None
    why: str = ""

    @property
    def good(self) -> bool:
        """Whether it was played, and every promise kept."""
        return self.outcome is not None and self.outcome.good

    @property
    def note(self) -> str:
        """What else there is to say of it: where to look further, if anything."""
        if self.outcome is None:
            return f"not played: {self.why}"
        return f"broken: see {self.outcome.remains}" if self.outcome.remains else ""


def line_of(played: Played) -> Line:
    """Of one seed; of one that was not played only that."""
    one = played.outcome
    if one is None:
        return (played.kind, played.seed, *["-"] * (len(HEAD) - 2))
    return (
        *(played.kind, played.seed, one.break_ins, one.account.owed, sum(one.faults.values())),
        *_broken(one.account),
        *(int(one.untold), int(one.late), one.ended),
        *(f"{one.gap_s:.1f}", f"{one.recovery_s:.1f}", round(one.seconds)),
    )


def sums(played: Sequence[Played]) -> Sequence[Line]:
    """A line for each kind: sums, but the longest gap, and of the recoveries the median and the longest."""
    return [_sum(kind, [one for one in played if one.kind == kind]) for kind in _kinds(played)]


def _sum(kind: str, played: Sequence[Played]) -> Line:
    all_ = [one.outcome for one in played if one.outcome is not None]
    if not all_:
        return (kind, 0, *["-"] * (len(HEAD) - 2))
    account, backs = sum((one.account for one in all_), Account()), [one.recovery_s for one in all_]
    return (
        *(kind, len(all_), sum(one.break_ins for one in all_), account.owed),
        sum(sum(one.faults.values()) for one in all_),
        *_broken(account),
        *(sum(one.untold for one in all_), sum(one.late for one in all_), sum(one.ended for one in all_)),
        *(f"{max(one.gap_s for one in all_):.1f}", f"{median(backs):.1f}/{max(backs):.1f}"),
        round(sum(one.seconds for one in all_)),
    )


def _broken(one: Account) -> Line:
    return (one.unpaid, one.lost, one.doubled, one.disordered, one.invented, one.spoilt)


def _kinds(played: Sequence[Played]) -> Sequence[str]:
    return list(dict.fromkeys(one.kind for one in played))


def plain(line: Line) -> str:
    """For a terminal."""
    kind, *rest = line
    columns = (f"{one:>{max(len(str(title)), 4)}}" for one, title in zip(rest, HEAD[1:], strict=True))
    return f"{kind:{_WIDE}} {' '.join(columns)}"


def markdown(played: Sequence[Played]) -> str:
    """The kinds, and what was done to each."""
    head = tuple("seeds" if title == "seed" else title for title in HEAD)
    ruled = [head, (":--", *["--:"] * (len(HEAD) - 1)), *sums(played)]
    lines = [f"| {' | '.join(map(str, line))} |" for line in ruled]
    missing = {f"* `{one.kind}` was not played: {one.why}" for one in played if one.outcome is None}
    return "\n".join([*lines, "", *(_done(kind, played) for kind in _kinds(played)), *missing])


def _done(kind: str, played: Sequence[Played]) -> str:
    faults = sum((Counter(one.outcome.faults) for one in played if one.kind == kind and one.outcome), Counter[str]())
    return f"* `{kind}`: {', '.join(f'{what} {count}' for what, count in sorted(faults.items())) or 'nothing'}"
