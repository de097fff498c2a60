"""A part of a box as another version of the program has it, from a tree of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from vigilanza.lab.drill.box.clock import Ahead

_BEGIN = """
import os, sys
from multiprocessing import Value
from multiprocessing.connection import Connection
from pathlib import Path
from vigilanza.app.drill import PARTS
name, config, pipe = sys.argv[1:]
code = PARTS[name](Path(config), Value("d", 0.0), Connection(int(pipe)))
sys.stderr.flush()
os._exit(code)
"""

_ENROL = """
import sys
from vigilanza.clock import SystemClock
from vigilanza.lab.drill.box.page import NAME, PASSWORD
from vigilanza.store.accounts import Accounts
from vigilanza.store.database import open_database
Accounts(engine=open_database(sys.argv[1]), clock=SystemClock()).create(NAME, PASSWORD)
"""


@dataclass(frozen=True, slots=True)
class OtherVersion:
    """The part `name` of the version whose packages are below `source`; it uses the libraries that are installed here.

    That version has to know the drill of a box. Its clock is the machine's.
    """

    name: str
    source: Path

    def __call__(self, config: Path, ahead: Ahead, pipe: Connection) -> int:  # noqa: ARG002 - as any part is called
        """In the place of this process, which ends with it."""
        os.set_inheritable(pipe.fileno(), True)
        command = [sys.executable, "-c", _BEGIN, self.name, str(config), str(pipe.fileno())]
        os.execve(sys.executable, command, {**os.environ, "PYTHONPATH": str(self.source)})


def enrol_by(source: Path, database: str) -> None:
    """As that version does it: it makes the database. CalledProcessError if it cannot."""
    command = [sys.executable, "-c", _ENROL, database]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": str(source)}, check=True, capture_output=True)
