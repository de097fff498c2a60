"""The delivery drill over many seeds: relay, database and receivers are killed, frozen and answered wrongly.

    python benchmarks/drill_bridge.py [--incidents 500] [--seeds 20] [--first 0] [--database postgresql] [--report FILE]

How to read the table is said in docs/drill.md. Exit code 1 if an alert was lost, had an effect twice, came out of
order, or has no receipt.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from vigilanza.clock import SystemClock
from vigilanza.lab.bench.machine import describe_machine
from vigilanza.lab.drill.bridge import Played, Stage, play
from vigilanza.lab.drill.database import KINDS, database
from vigilanza.lab.drill.parties import all_parties, asking_vms
from vigilanza.lab.drill.story import CAMERAS
from vigilanza.lab.drill.table import HEAD, Line, lines_of, page, plain


def main() -> int:
    """Play the seeds; 0 if every promise was kept in all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--incidents", type=int, default=500, help="break-ins, of 36 alerts each over the eight destinations"
    )
    parser.add_argument("--pause", type=float, default=0.1, help="at least so many seconds between two of them")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--report", type=Path, help="write the table there too, as Markdown")
    given = parser.parse_args()
    good, told = True, list[Line]()
    title = f"{describe_machine().says()}; {given.database}; {given.incidents} break-ins"
    print(title, "", plain(HEAD), sep="\n", flush=True)
    for seed in range(given.first, given.first + given.seeds):
        played = _play(given, seed)
        good = good and all(one.good for one in played.verdicts)
        lines = lines_of(seed, played)
        print(*map(plain, lines), sep="\n", flush=True)
        told += lines
        if given.report is not None:
            given.report.write_text(page(title, told), encoding="utf-8")
    return 0 if good else 1


def _play(given: argparse.Namespace, seed: int) -> Played:
    with TemporaryDirectory() as place:
        folder = Path(place)
        with database(given.database, folder) as where:
            stage = Stage(folder, all_parties(folder, CAMERAS), asking_vms(), where)
            return play(stage, incidents=given.incidents, pause=given.pause, seed=seed, clock=SystemClock())


if __name__ == "__main__":
    sys.exit(main())
