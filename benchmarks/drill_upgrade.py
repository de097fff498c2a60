"""The upgrade drill: the parts of a box are exchanged for those of this version while break-ins happen.

    python benchmarks/drill_upgrade.py [--since HEAD^] [--seeds 5] [--first 0] [--database postgresql] [--report FILE]

The box begins with the version of the commit that --since names (not before 3483292), on a database that this one
makes; docs/drill.md says what is played, and how to read the table. Needs git, and the repository. Exit code 1 if a
promise was broken; where the schemas differ also if none of the parts brought the database forward.
"""

import argparse
import io
import re
import subprocess
import sys
import tarfile
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from vigilanza.app.drill import PARTS
from vigilanza.clock import SystemClock
from vigilanza.lab.bench.machine import describe_machine
from vigilanza.lab.drill.apart import preload
from vigilanza.lab.drill.box.otherversion import OtherVersion, enrol_by
from vigilanza.lab.drill.box.play import play
from vigilanza.lab.drill.box.table import HEAD, Played, line_of, markdown, plain
from vigilanza.lab.drill.database import KINDS
from vigilanza.lab.drill.kinds.upgrade import upgrade
from vigilanza.store.schema import HEAD as HEAD_REVISION

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Play the seeds; 0 if every promise was kept in all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--since", default="HEAD^", help="the commit whose version is there before")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--report", type=Path, help="write the table there too, as Markdown")
    given = parser.parse_args()
    preload(["vigilanza.app.drill"])
    played = list[Played]()
    with TemporaryDirectory(prefix="vigilanza-former-") as place:
        name = _check_out(given.since, Path(place))
        source = Path(place) / "src"
        before = {part: OtherVersion(part, source) for part in PARTS}
        told = None if _revision(source) == HEAD_REVISION else "is brought forward"
        print(f"{describe_machine().says()}; {given.database}; from {name}", plain(HEAD), sep="\n", flush=True)
        for seed in range(given.first, given.first + given.seeds):
            kind = upgrade(before, PARTS, database=given.database, told=told)
            enrol = partial(enrol_by, source)
            outcome = play("upgrade", kind, before, seed=seed, clock=SystemClock(), enrol=enrol)
            one = Played("upgrade", seed, outcome)
            played.append(one)
            print(plain(line_of(one)), one.note, flush=True)
            if given.report is not None:
                given.report.write_text(markdown(played) + "\n", encoding="utf-8")
    return 0 if all(one.good for one in played) else 1


def _check_out(revision: str, to: Path) -> str:
    """Its sources; its short name."""
    packed = subprocess.run(["git", "archive", revision, "src"], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(to, filter="data")
    name = ["git", "rev-parse", "--short", revision]
    return subprocess.run(name, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _revision(source: Path) -> str | None:
    """The last step of its schema, if it counts them."""
    written = (source / "vigilanza" / "store" / "schema.py").read_text("utf-8")
    found = re.search(r'^HEAD = "(\w+)"', written, re.MULTILINE)
    return None if found is None else found[1]


if __name__ == "__main__":
    sys.exit(main())
