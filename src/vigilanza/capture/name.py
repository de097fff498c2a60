"""Where a camera is that is given by its name."""

import ipaddress
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future

from vigilanza.domain.errors import NameUnresolved

_WHY = {
    socket.EAI_NONAME: "nobody knows it",
    socket.EAI_NODATA: "it is known, but has none",
    socket.EAI_AGAIN: "no name server answers",
}
SILENCE = "no name server answers within the time allowed"


class NameLookup:
    """Asks the system's resolver (hosts file, DNS, mDNS where it is installed) for one host, anew each time.

    The resolver cannot be interrupted, and takes as long as it likes where no server answers: so it works on a thread
    of its own, one at a time. Who asks while it works gets its answer; nothing else is remembered.
    """

    def __init__(self, host: str, *, resolve: Callable[[str], tuple[str, ...]] | None = None) -> None:
        self._host, self._resolve = host, resolve or addresses_of
        self._asked: Future[tuple[str, ...]] | None = None

    def ask(self) -> Future[tuple[str, ...]]:
        """Its addresses, the best first; raises NameUnresolved as `addresses` does. To be called by one thread."""
        if self._asked is None or self._asked.done():
            self._asked = Future()
            work = (self._asked, self._host, self._resolve)
            threading.Thread(target=_answer, args=work, name=f"looking up {self._host}", daemon=True).start()
        return self._asked

    def addresses(self, timeout: float) -> tuple[str, ...]:
        """Its addresses, the best first; a host that is an address is its own.

        NameUnresolved, which names the host and says why, if there is none or none is told within `timeout` seconds.
        """
        if is_address(self._host):
            return (self._host,)
        try:
            return self.ask().result(timeout)
        except TimeoutError:
            raise unresolved(self._host, SILENCE) from None


def is_address(host: str) -> bool:
    """Whether a host is an IP address, so that nobody has to be asked."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def addresses_of(host: str) -> tuple[str, ...]:
    """What the system's resolver says, at most a few, each once. NameUnresolved."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        numeric = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
        # By getnameinfo, because an address that counts on one link only (fe80::…) must keep the link's name.
        return tuple(dict.fromkeys(socket.getnameinfo(address, numeric)[0] for *_, address in found))
    except OSError as error:
        raise unresolved(host, _WHY.get(error.errno or 0, str(error.strerror).lower())) from error
    except ValueError as error:
        raise unresolved(host, "it is none that can be asked for") from error


def unresolved(host: str, why: str) -> NameUnresolved:
    """The error for a name."""
    return NameUnresolved(f"no address for the name {host}: {why}")


def _answer(asked: Future[tuple[str, ...]], host: str, resolve: Callable[[str], tuple[str, ...]]) -> None:
    if not asked.set_running_or_notify_cancel():
        return
    try:
        asked.set_result(resolve(host))
    except NameUnresolved as error:
        asked.set_exception(error)
