"""The one socket of WS-Discovery: hears the group and each of our addresses, and answers from where it was asked."""

import fcntl
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from vigilanza.wsdiscovery import GROUP, mreqn

DATAGRAM_MAX_BYTES = 4096
"""Those who search send about one thousand."""
_AT_ONCE = 32
_EVERY_ADDRESS = "0.0.0.0"
_SIOCGIFADDR, _SIOCGIFFLAGS, _RUNNING = 0x8915, 0x8913, 0x41
"""netdevice(7); the flags are IFF_UP and IFF_RUNNING."""
_IP_PKTINFO, _IP_MULTICAST_ALL = 8, 49
"""Linux. The second one off: only interfaces that we joined count, not those that other programs joined."""
_PKTINFO = struct.Struct("=i4s4s")


@dataclass(frozen=True, slots=True)
class Datagram:
    """`asker` sent it; `local` is our address as it reaches us; `raw` is empty if it was too long."""

    raw: bytes
    asker: tuple[str, int]
    local: str
    is_for_all: bool


@dataclass(frozen=True, slots=True)
class Network:
    """One on which this machine has `address`, by the interface of that `index` (0: not known): an interface that was
    made anew has another one, and nobody has joined anything on it.
    """

    address: str
    index: int


class DiscoveryLine:
    """Opened when made (OSError if the port is taken), closed by `close`. IPv4."""

    def __init__(self, host: str, port: int) -> None:
        """`host`: the only address of ours to be heard at; 0.0.0.0 is all. `port` 0 takes a free one."""
        self._host = socket.gethostbyname(host)
        self._line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._line.setblocking(False)
            self._line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._line.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
            self._line.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
            self._line.bind((_EVERY_ADDRESS, port))
        except OSError:
            self._line.close()
            raise
        self.port = int(self._line.getsockname()[1])

    def fileno(self) -> int:
        """For select."""
        return self._line.fileno()

    def close(self) -> None:
        """Hears nothing more."""
        self._line.close()

    def networks(self) -> frozenset[Network]:
        """Those on which we are to be found now."""
        named = [(index, self._address_of(name)) for index, name in socket.if_nameindex()]
        known = frozenset(Network(address, index) for index, address in named if address is not None)
        if self._host == _EVERY_ADDRESS:
            return known
        return frozenset(one for one in known if one.address == self._host) or frozenset({Network(self._host, 0)})

    def join(self, network: Network) -> None:
        """Hear the group on it. OSError if there is no such network, or no multicast on it."""
        self._line.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, _membership(network))

    def leave(self, network: Network) -> None:
        """No more. OSError if the network is gone already."""
        self._line.setsockopt(socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP, _membership(network))

    def received(self) -> Iterator[Datagram]:
        """What is there, at most _AT_ONCE; what was sent to other addresses than we are to be found at is left out."""
        for _ in range(_AT_ONCE):
            try:
                raw, extra, flags, asker = self._line.recvmsg(DATAGRAM_MAX_BYTES, socket.CMSG_SPACE(_PKTINFO.size))
            except BlockingIOError:
                return
            for level, kind, data in extra:
                if (level, kind) != (socket.IPPROTO_IP, _IP_PKTINFO):
                    continue
                _, ours, target = _PKTINFO.unpack(data[: _PKTINFO.size])
                ours, target = socket.inet_ntoa(ours), socket.inet_ntoa(target)
                local = ours if self._host == _EVERY_ADDRESS else self._host
                if target in (GROUP, local):
                    whole = b"" if flags & socket.MSG_TRUNC else raw
                    yield Datagram(whole, (str(asker[0]), int(asker[1])), local, target == GROUP)

    def send(self, raw: bytes, to: tuple[str, int], local: str) -> None:
        """From our address `local`. OSError if there is no way."""
        source = _PKTINFO.pack(0, socket.inet_aton(local), b"\0\0\0\0")
        self._line.sendmsg([raw], [(socket.IPPROTO_IP, _IP_PKTINFO, source)], 0, to)

    def tell(self, raw: bytes, port: int, local: str) -> None:
        """To the group, on the network of our address `local`. OSError if there is no way."""
        self._line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, mreqn(address=local))
        self.send(raw, (GROUP, port), local)

    def _address_of(self, interface: str) -> str | None:
        """None if it has none of IPv4, is down, or is gone."""
        asked = struct.pack("=256s", interface.encode()[:15])
        try:
            flags = struct.unpack_from("=H", fcntl.ioctl(self._line.fileno(), _SIOCGIFFLAGS, asked), 16)[0]
            address = socket.inet_ntoa(fcntl.ioctl(self._line.fileno(), _SIOCGIFADDR, asked)[20:24])
        except OSError:
            return None
        return address if flags & _RUNNING == _RUNNING else None


def _membership(network: Network) -> bytes:
    return mreqn(group=GROUP, address=network.address, index=network.index)
