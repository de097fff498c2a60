"""A child process, as whoever keeps it running sees it."""

from typing import IO, Protocol


class Process(Protocol):
    """As much of subprocess.Popen as a supervisor needs; see there."""

    @property
    def pid(self) -> int: ...

    @property
    def stdin(self) -> IO[bytes] | None:
        """Our end of its lifeline."""
        ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int) -> None: ...

    def kill(self) -> None: ...
