"""A real PostgreSQL for tests: its own cluster, reached by a socket in a directory of its own, gone afterwards."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, make_url

from vigilanza.store.database import open_database


class Postgres:
    """Started and stopped at will; `new_database` gives an empty database's URL."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        # PostgreSQL refuses to run as root.
        self._user = "postgres" if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count()
        if self._user is not None:
            owner = pwd.getpwnam(self._user)
            os.chown(directory, owner.pw_uid, owner.pw_gid)
        self._run("initdb", "-D", str(directory / "data"), "-U", "tester", "-A", "trust", "--no-sync", "-E", "UTF8")

    def start(self) -> None:
        """Returns once it takes connections."""
        program = [str(self._programs / "postgres"), "-D", str(self._directory / "data"), "-k", str(self._directory)]
        settings = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=50"]
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen([*program, *settings], stderr=log, stdout=log, user=self._user)
        self._run("pg_isready", "-h", str(self._directory), "-t", "20", until_ready=True)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT cuts every connection and ends in order; SIGQUIT at once, as in a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(20)
            self._process = None

    def new_database(self) -> str:
        """A database of its own."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(host=str(self._directory), user="tester", dbname="postgres", autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://tester@/{name}?host={self._directory}"

    def copy(self, url: str, *, file: Path) -> str:
        """Another database, made of a backup in `file`, as docs/installer.md says: its URL."""
        name, there = str(make_url(url).database), ("-h", str(self._directory), "-U", "tester")
        dumped = subprocess.run(
            [str(self._programs / "pg_dump"), *there, "--format=custom", name],
            user=self._user,
            capture_output=True,
            check=True,
        )
        file.write_bytes(dumped.stdout)
        copy = self.new_database()
        restore = [str(self._programs / "pg_restore"), *there, "--exit-on-error", f"--dbname={make_url(copy).database}"]
        subprocess.run(restore, input=file.read_bytes(), user=self._user, capture_output=True, check=True)
        return copy

    def _run(self, program: str, *arguments: str, until_ready: bool = False) -> None:
        command = [str(self._programs / program), *arguments]
        for _ in range(200):
            done = subprocess.run(command, user=self._user, capture_output=True, cwd="/", check=not until_ready)
            if done.returncode == 0:
                return
            assert self._process is not None
            try:
                raise RuntimeError(f"postgres ended with {self._process.wait(0.05)}")
            except subprocess.TimeoutExpired:
                continue
        raise TimeoutError("postgres does not take connections")


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A cluster of its own, for tests that stop it."""
    # A short path: a socket's may have 107 bytes.
    directory = Path(tempfile.mkdtemp(prefix="vigilanza-pg-"))
    server = Postgres(directory)
    try:
        server.start()
        yield server
    finally:
        server.stop(signal.SIGQUIT)
        shutil.rmtree(directory)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One cluster for the whole run."""
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: every test that asks for it runs on both."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'vigilanza.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An open database: every test that asks for it runs on both."""
    opened = open_database(database_url)
    yield opened
    opened.dispose()
