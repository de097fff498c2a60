"""An empty database of either kind, as a site has it: what is committed is on disk."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from pull_point import free_port

KINDS = ("sqlite", "postgresql")
_USER = "bench"


@dataclass(frozen=True, slots=True)
class Database:
    """How the configuration names it, and SQLAlchemy."""

    settings: Mapping[str, str]
    url: str


@contextmanager
def database(kind: str, folder: Path) -> Iterator[Database]:
    """SQLite in `folder`, or PostgreSQL with a server of its own and its own defaults; gone at the end."""
    if kind == "sqlite":
        yield Database({"database": "sqlite:///vigilanza.db"}, f"sqlite:///{folder / 'vigilanza.db'}")
        return
    port = free_port()
    with _server(port):
        place = f"127.0.0.1:{port}/postgres"
        settings = {"database": f"postgresql://{place}", "database_user": _USER}
        yield Database(settings, f"postgresql+psycopg://{_USER}@{place}")


@contextmanager
def _server(port: int) -> Iterator[None]:
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    directory = Path(tempfile.mkdtemp(prefix="vigilanza-pg-"))
    user = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    if user is not None:
        os.chown(directory, pwd.getpwnam(user).pw_uid, -1)
    data = ("-D", str(directory / "data"))
    made = [str(programs / "initdb"), *data, "-U", _USER, "-A", "trust", "-E", "UTF8"]
    subprocess.run(made, user=user, check=True, capture_output=True, cwd="/")
    start = [str(programs / "postgres"), *data, "-k", str(directory), "-c", f"port={port}"]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(start, user=user, stdout=log, stderr=log, cwd="/")
    try:
        _wait_until_up(port, process)
        yield
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(directory)


def _wait_until_up(port: int, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user=_USER, dbname="postgres").close()
            return
        except psycopg.OperationalError:
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
    raise RuntimeError(f"postgres ended with {process.returncode}")
