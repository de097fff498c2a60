"""A VMS that has added the site as an ONVIF device, and pulls its events."""

import socket
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from enum import Enum, auto
from functools import partial
from types import TracebackType
from typing import Any, Self, assert_never

import httpx
import structlog

from vigilanza.bridge.onvif_words import FORCED
from vigilanza.clock import Clock, SystemClock
from vigilanza.lab.drill.stand_in_party import Note, StandInParty
from vigilanza.lab.onvif_client import OnvifClient, Told

log = structlog.get_logger(__name__)

_USER, _PASSWORD, _PASSWORD_ENV = "vms", "for the drill, of no worth", "DRILL_ONVIF_PASSWORD"
_PULL_S, _HANG_UP_S, _AGAIN_S = 5.0, 0.05, 0.5
_BEFORE_S = 10.0
_AT_THE_START = 0.0


class Act(Enum):
    """What a client may do that helps nobody."""

    FORGET = auto()
    """Leave its subscription without a word, and make another."""
    HANG_UP = auto()
    """End the connection before the answer, and go on with the subscription."""
    ALL_AGAIN = auto()
    """Ask for everything from the start."""
    SIP = auto()
    """Take one message only."""
    RUBBISH = auto()


class PullParty(StandInParty):
    """Nothing is brought to it: it asks. It keeps what it has heard, and seeks from there after whatever happened."""

    def __init__(self, name: str) -> None:
        super().__init__(name, opening=partial(_Client, _AT_THE_START), faults=tuple(Act))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self._began = self._clock.now() - _BEFORE_S

    def settings(self) -> Mapping[str, Any]:
        """The part `onvif_device` of the configuration."""
        account = {"name": _USER, "password_env": _PASSWORD_ENV}
        return {"port": self.port, "plain_http": True, "discoverable": False, "accounts": [account]}

    def environ(self) -> Mapping[str, str]:
        """See Party."""
        return {_PASSWORD_ENV: _PASSWORD}

    def up(self) -> None:
        """See Party. It goes on from what it heard last in its life before."""
        heard = self._arrivals.all
        since = heard[-1][1] / 1000.0 if heard else self._began
        self._opening = partial(_Client, since)
        super().up()


class _Client:
    """Pulls in a thread of its own until the end."""

    def __init__(self, since: float, port: int, note: Note) -> None:
        """`since`: UTC in Unix seconds; `port`: where the device is, or will be."""
        self._port, self._heard_at, self._note = port, since, note
        self._clock: Clock = SystemClock()
        self._acts: deque[Act] = deque()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="vms", daemon=True)

    @property
    def port(self) -> int:
        """Of the device."""
        return self._port

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def script(self, act: Act) -> None:
        """Do so before the next pull."""
        self._acts.append(act)

    def _run(self) -> None:
        while not self._stop.is_set():
            client = OnvifClient(port=self._port, user=_USER, password=_PASSWORD)
            try:
                self._follow(client)
            except httpx.HTTPError as error:
                # A journal that is away is told by 503, and no fault of ours.
                if isinstance(error, httpx.HTTPStatusError) and error.response.is_client_error:
                    log.warning("the VMS is refused", status=error.response.status_code, said=error.response.text)
                self._clock.wait(_AGAIN_S, self._stop)
            finally:
                client.close()

    def _follow(self, client: OnvifClient) -> None:
        """With one subscription, as long as it lasts."""
        point = client.subscribe(FORCED)
        client.seek(point, self._heard_at)
        while not self._stop.is_set():
            act = self._acts.popleft() if self._acts else None
            if act is Act.FORGET:
                return
            if act is not None:
                self._misbehave(client, point, act)
            for told in self._pull(client, point, limit=1 if act is Act.SIP else 100):
                self._take(told)

    def _misbehave(self, client: OnvifClient, point: str, act: Act) -> None:
        match act:
            case Act.HANG_UP:
                with suppress(httpx.TimeoutException):
                    client.pull(point, seconds=_PULL_S, patience=_HANG_UP_S)
                # It cannot know whether an answer was on its way.
                client.seek(point, self._heard_at)
            case Act.ALL_AGAIN:
                client.seek(point, _AT_THE_START)
            case Act.RUBBISH:
                client.say(b"what is this?")
            case Act.SIP | Act.FORGET:
                pass
            case _:
                assert_never(act)

    def _pull(self, client: OnvifClient, point: str, *, limit: int) -> list[Told]:
        try:
            return client.pull(point, seconds=_PULL_S, limit=limit)
        except httpx.HTTPStatusError as error:
            if "OperationProhibited" not in error.response.text:
                raise
            # The device has not seen yet that we hung up.
            self._clock.wait(_AGAIN_S, self._stop)
            return []

    def _take(self, told: Told) -> None:
        """A VMS knows a message again by all that it says; how things stood when it subscribed is no news."""
        if told.topic != FORCED or told.operation != "Changed":
            return
        self._heard_at = told.at
        # A message has no number in its incident: its time stands in for it.
        self._note(f"{told.at:.3f} {sorted(told.items.items())}", (told.items["vgz:IncidentId"], round(1000 * told.at)))
