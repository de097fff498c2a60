"""A real NATS server (Debian's nats-server) with JetStream on this machine, open to all: never for production."""

import os
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

_PLACES = f"{os.defpath}:/usr/local/sbin:/usr/sbin"


class NatsServer:
    """On 127.0.0.1 at a port that stays; streams and buckets outlive `stop` and `kill`."""

    def __init__(self, folder: Path, *, settings: str = "", host: str = "127.0.0.1", port: int | None = None) -> None:
        """`settings` are further lines of its configuration: accounts, TLS, leaf nodes."""
        self._folder, self._settings, self.host = folder, settings, host
        self._process: subprocess.Popen[bytes] | None = None
        self.port = port or _free_port(host)

    @property
    def url(self) -> str:
        """nats://HOST:PORT."""
        return f"nats://{self.host}:{self.port}"

    @property
    def pid(self) -> int:
        """Of the process that runs."""
        assert self._process is not None, "it does not run"
        return self._process.pid

    def start(self) -> None:
        """Return once it takes connections. FileNotFoundError if nats-server is not installed."""
        program = shutil.which("nats-server") or shutil.which("nats-server", path=_PLACES)
        if program is None:
            raise FileNotFoundError("nats-server is not installed")
        self._folder.mkdir(parents=True, exist_ok=True)
        lines = [f"listen: {self.host}:{self.port}", f'jetstream {{ store_dir: "{self._folder}" }}', self._settings]
        written = self._folder / "nats.conf"
        written.write_text("\n".join(lines) + "\n", "utf-8")
        with (self._folder / "nats.log").open("ab") as log:
            self._process = subprocess.Popen([program, "-c", str(written)], stdout=log, stderr=log)
        while self._process.poll() is None:
            with suppress(ConnectionRefusedError):
                socket.create_connection((self.host, self.port), 5.0).close()
                return
        raise ChildProcessError(f"nats-server ended at once: see {self._folder}/nats.log")

    def stop(self) -> None:
        """In order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """At once, as a power cut of the process."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(20)
            self._process = None

    def freeze(self) -> None:
        """Let it stand still."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)


def _free_port(host: str) -> int:
    with socket.socket() as free:
        free.bind((host, 0))
        return int(free.getsockname()[1])
