"""A real MQTT broker (Debian's mosquitto) on this machine, without encryption and open to all: never for production."""

import os
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

_PLACES = f"{os.defpath}:/usr/local/sbin:/usr/sbin"


def mosquitto_program() -> str | None:
    """Where it is, None if it is not installed."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path=_PLACES)


class Broker:
    """On 127.0.0.1 at a port that stays; sessions and messages that wait for somebody outlive `stop`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])

    @property
    def is_running(self) -> bool:
        """Between `start` and `stop`."""
        return self._process is not None

    def start(self) -> None:
        """Return once it takes connections. FileNotFoundError if mosquitto is not installed."""
        program = mosquitto_program()
        if program is None:
            raise FileNotFoundError("mosquitto is not installed")
        self._folder.mkdir(parents=True, exist_ok=True)
        settings = self._folder / "mosquitto.conf"
        # It gives up root for a user that could not write into this folder.
        root = "user root\n" if os.geteuid() == 0 else ""
        keep = f"persistence true\npersistence_location {self._folder}/\n"
        settings.write_text(f"{root}{keep}allow_anonymous true\nlistener {self.port} 127.0.0.1\n", "utf-8")
        with (self._folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen([program, "-c", str(settings)], stdout=log, stderr=log)
        while self._process.poll() is None:
            with suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", self.port), 5.0).close()
                return
        raise ChildProcessError(f"mosquitto ended at once: see {self._folder}/mosquitto.log")

    def stop(self) -> None:
        """In order: it stores what it has."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
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
