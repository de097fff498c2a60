"""The drill's table says whom what happened to, and sums it up."""

from vigilanza.lab.drill.bridge import Played
from vigilanza.lab.drill.chaos import DATABASE, RELAY, Fault
from vigilanza.lab.drill.table import HEAD, lines_of, page, plain
from vigilanza.lab.drill.verdict import Verdict

PLAYED = Played(
    faults={(RELAY, Fault.KILLED): 2, (DATABASE, Fault.WRONG): 1, ("city", Fault.WRONG): 3, ("room", Fault.FROZEN): 4},
    verdicts=[
        Verdict("city", 50, 53, 0, 0, 1, 0),
        Verdict("room", 40, 40, 1, 1, 0, 2),
        Verdict("vms", 50, None, 0, 0, 0, 0),
    ],
    seconds=12.4,
)


def test_each_line_says_whom_what_happened_to_and_the_last_sums_it_up() -> None:
    lines = lines_of(7, PLAYED)
    assert lines == [
        (7, "city", 50, 53, 0, 0, 3, 0, 0, 1, 0, ""),
        (7, "room", 40, 40, 0, 4, 0, 1, 1, 0, 2, ""),
        (7, "vms", 50, "", 0, 0, 0, 0, 0, 0, 0, ""),
        (7, "relay", "", "", 2, 0, 0, "", "", "", "", ""),
        (7, "database", "", "", 0, 0, 1, "", "", "", "", ""),
        (7, "all", 140, 93, 2, 4, 4, 1, 1, 1, 2, 12),
    ]
    assert {len(plain(line)) for line in (HEAD, *lines)} == {len(plain(HEAD))}


def test_the_page_has_the_sums_of_each_seed_before_everything() -> None:
    told = page("here", [*lines_of(7, PLAYED), *lines_of(8, PLAYED)]).splitlines()
    assert told[0] == "here"
    assert [line for line in told[:6] if "all" in line] == [line for line in told[7:] if "| all |" in line]
    assert "| 8 | room | 40 | 40 | 0 | 4 | 0 | 1 | 1 | 0 | 2 |  |" in told
