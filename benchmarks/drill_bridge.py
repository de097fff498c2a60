"""The delivery drill over many seeds: relay, database and receivers are killed, frozen and answered wrongly.

    python benchmarks/drill_bridge.py [--incidents 67] [--seeds 20] [--first 0]

A line per seed and destination; exit code 1 if an alert was lost, paid twice or out of order, or has no receipt.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from vigilanza.clock import SystemClock
from vigilanza.domain.delivery import Destination, DestinationKind
from vigilanza.lab.drill.bridge import Stage, Verdict, play
from vigilanza.lab.drill.parties import all_parties

PAUSE_S = 0.2


def stage(folder: Path) -> Stage:
    """Every channel once."""
    parties = all_parties(folder)
    destinations = [Destination(party.name, DestinationKind(party.settings()["kind"])) for party in parties]
    return Stage(folder, parties, destinations)


def main() -> int:
    """Play the seeds; 0 if every promise was kept in all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--incidents", type=int, default=67, help="break-ins, of five alerts each per destination")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    given = parser.parse_args()
    bad: list[Verdict] = []
    print(f"{'seed':>4} {'destination':16} {'owed':>6} {'unpaid':>6} {'lost':>6} {'twice':>6} {'disordered':>10}")
    for seed in range(given.first, given.first + given.seeds):
        with TemporaryDirectory() as folder:
            verdicts = play(
                stage(Path(folder)),
                incidents=given.incidents,
                pause=PAUSE_S,
                seed=seed,
                clock=SystemClock(),
                say=lambda words: print(f"# {words}", file=sys.stderr),
            )
        for one in verdicts:
            figures = f"{one.owed:6} {one.unpaid:6} {one.lost:6} {one.twice:6} {one.disordered:10}"
            print(f"{seed:4} {one.party:16} {figures}", flush=True)
        bad += [one for one in verdicts if not one.good]
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
