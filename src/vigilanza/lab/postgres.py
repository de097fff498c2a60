"""A real PostgreSQL (Debian's) on this machine, open to all on loopback: never for production."""

import os
import pwd
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import psycopg

USER = "lab"
_DATABASE = "postgres"
_PROGRAMS = Path("/usr/lib/postgresql")
_ENOUGH_S = 60.0
_AGAIN_S = 0.1


class PostgresServer:
    """A cluster with its own defaults at a port that stays: what is committed is on disk and outlives `kill`."""

    def __init__(self, directory: Path) -> None:
        """Make it in `directory`, whose path is short: its socket's may have 107 bytes. FileNotFoundError if PostgreSQL
        is not installed.
        """
        programs = sorted(_PROGRAMS.glob("*/bin"), key=lambda path: int(path.parent.name))
        if not programs:
            raise FileNotFoundError(f"no PostgreSQL in {_PROGRAMS}: apt-get install postgresql")
        self._directory, self._programs = directory, programs[-1]
        self._user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        if self._user is not None:
            os.chown(directory, pwd.getpwnam(self._user).pw_uid, -1)
        made = [str(self._programs / "initdb"), "-D", str(directory / "data"), "-U", USER, "-A", "trust", "-E", "UTF8"]
        subprocess.run(made, user=self._user, check=True, capture_output=True, cwd="/")

    @property
    def place(self) -> str:
        """Host, port and database, as in a URL."""
        return f"127.0.0.1:{self.port}/{_DATABASE}"

    @property
    def pid(self) -> int:
        """Of its first process, which has one of its own for each connection."""
        assert self._process is not None, "it does not run"
        return self._process.pid

    def start(self) -> None:
        """Return once it takes connections. ChildProcessError if it ends instead."""
        program = [str(self._programs / "postgres"), "-D", str(self._directory / "data"), "-k", str(self._directory)]
        for _ in range(round(_ENOUGH_S / _AGAIN_S)):
            if self._process is None or self._process.poll() is not None:
                # After a kill the first start may find the shared memory still held.
                with (self._directory / "log").open("ab") as log:
                    start = [*program, "-c", f"port={self.port}"]
                    self._process = subprocess.Popen(start, user=self._user, stdout=log, stderr=log, cwd="/")
            try:
                psycopg.connect(host="127.0.0.1", port=self.port, user=USER, dbname="postgres").close()
                return
            except psycopg.OperationalError:
                try:
                    self._process.wait(_AGAIN_S)
                except subprocess.TimeoutExpired:
                    continue
        raise ChildProcessError(f"postgres takes no connections: see {self._directory}/log")

    def dump(self, to: Path) -> None:
        """A backup of the database as it is at one moment, while others write. CalledProcessError if there is none."""
        to.write_bytes(self._run("pg_dump", "--format=custom", _DATABASE))

    def restore(self, dump: Path) -> None:
        """Drop the database, whoever uses it, and make it anew from that backup. CalledProcessError."""
        self._run("psql", "--dbname=template1", f"--command=DROP DATABASE {_DATABASE} WITH (FORCE)")
        self._run("createdb", "--maintenance-db=template1", _DATABASE)
        self._run("pg_restore", "--exit-on-error", f"--dbname={_DATABASE}", given=dump.read_bytes())

    def _run(self, program: str, *arguments: str, given: bytes = b"") -> bytes:
        """One of PostgreSQL's own, as the account that may do everything."""
        command = [str(self._programs / program), "--host=127.0.0.1", f"--port={self.port}", f"--username={USER}"]
        return subprocess.run([*command, *arguments], input=given, capture_output=True, check=True, cwd="/").stdout

    def stop(self) -> None:
        """In order, whoever is connected."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(_ENOUGH_S)
            self._process = None

    def kill(self) -> None:
        """kill -9 of all its processes."""
        if self._process is not None:
            for process in self._frozen():
                os.kill(process, signal.SIGKILL)
            self._process.wait(_ENOUGH_S)
            self._process = None

    def freeze(self) -> None:
        """Let all its processes stand still."""
        self._frozen()

    def thaw(self) -> None:
        """Let them go on."""
        if self._process is not None:
            for process in (*self._children(), self._process.pid):
                os.kill(process, signal.SIGCONT)

    def _frozen(self) -> list[int]:
        """Its processes. The first stands still before the others are counted: it makes no more."""
        if self._process is None:
            return []
        self._process.send_signal(signal.SIGSTOP)
        there = []
        for child in self._children():
            with suppress(ProcessLookupError):  # it has just ended by itself
                os.kill(child, signal.SIGSTOP)
                there.append(child)
        return [*there, self._process.pid]

    def _children(self) -> list[int]:
        assert self._process is not None
        first = self._process.pid
        return [int(child) for child in Path(f"/proc/{first}/task/{first}/children").read_text("ascii").split()]
