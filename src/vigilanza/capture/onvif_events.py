"""Keeps listening to what a camera notices by itself: tampering, its digital inputs, motion."""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Any

import structlog

from vigilanza.capture.camera_event import EXPIRY_S, CameraEvent, CameraLevels, EventKind
from vigilanza.capture.event_health import CameraEventMetrics
from vigilanza.capture.onvif import PATIENCE_S, OnvifClient, OnvifTalk, load_library
from vigilanza.capture.onvif_message import read_notification
from vigilanza.clock import Clock
from vigilanza.domain.errors import SourceError, SourceRefused

if TYPE_CHECKING:
    from vigilanza.capture.onvif_subscription import Subscription

_log = structlog.get_logger(__name__)
_LOOK_S = 0.25
"""How often, while a question waits at the camera, we look whether to stop and what has expired."""
_PULL_S = 5.0
_LIFETIME_S = 60.0
_ANEW_S = 600.0
"""Some cameras answer for subscriptions that a reboot made them forget: no longer than this is one believed."""


class OnvifEvents:
    """One camera's events, by a pull point; `on_event` comes on the thread that called `run`.

    A listener that raises is counted and logged, and costs nothing but that call.
    """

    def __init__(
        self,
        *,
        client: OnvifClient,
        camera: str,
        clock: Clock,
        on_event: Callable[[CameraEvent], None],
        metrics: CameraEventMetrics | None = None,
        expiry: Mapping[EventKind, float | None] = EXPIRY_S,
        lifetime: float = _LIFETIME_S,
        anew: float = _ANEW_S,
        retry_after: float = 1.0,
        retry_max: float = 30.0,
    ) -> None:
        """`lifetime`: seconds a subscription is asked to live, `anew`: seconds after which another one is made."""
        self._client, self._camera, self._clock, self._on_event = client, camera, clock, on_event
        self._metrics, self._lifetime, self._anew = metrics, lifetime, anew
        self._retry_after, self._retry_max = retry_after, retry_max
        self._levels = CameraLevels(expiry=expiry)
        self._refresh = threading.Event()
        self.alive = False
        """True while a subscription lives."""
        self.last_answer: float | None = None
        """When the camera last answered for it, UTC in Unix seconds; None before the first time."""

    def refresh(self) -> None:
        """Make another subscription soon, e.g. because the camera was away; any thread may call this."""
        self._refresh.set()

    def run(self, stop: threading.Event) -> None:
        """Listen until `stop` is set, through outages."""
        wait = self._retry_after
        while not stop.is_set():
            try:
                self.run_once(stop)
                wait = self._retry_after
                continue
            except SourceError as error:
                wait = self._retry_after if self.alive else wait
                wait = self._retry_max if isinstance(error, SourceRefused) else wait
                _log.warning("no events from a camera", camera=self._camera, why=str(error), again_in=wait)
            finally:
                self._tell_alive(alive=False)
            self._pause(wait, stop)
            wait = min(wait * 2.0, self._retry_max)

    def run_once(self, stop: threading.Event) -> None:
        """One subscription, until it is to be made anew or `stop` is set. Raises as OnvifClient does."""
        load_library()
        from vigilanza.capture.onvif_errors import translated

        with translated(self._client.where):
            asyncio.run(self._listen(stop))

    async def _listen(self, stop: threading.Event) -> None:
        from vigilanza.capture.onvif_subscription import Subscription

        self._refresh.clear()
        async with AsyncExitStack() as open_talk:
            async with asyncio.timeout(PATIENCE_S):
                talk = await open_talk.enter_async_context(self._client.talk())
            if not talk.has_events:
                raise SourceRefused("the camera has no event service")
            subscription = Subscription(talk, asked=self._lifetime, pull=_PULL_S)
            await subscription.create()
            self._count("subscriptions")
            try:
                await self._attend(subscription, talk, stop)
            finally:
                with suppress(*_farewell_errors()):  # it may be gone, and ends by itself
                    await subscription.end()

    async def _attend(self, subscription: "Subscription", talk: OnvifTalk, stop: threading.Event) -> None:
        """Pull and renew until it is to be made anew."""
        begun = renewed = self._clock.monotonic()
        self._tell_alive(alive=True)
        while not self._done(stop) and self._clock.monotonic() - begun < self._anew:
            asked = self._clock.monotonic()
            messages = await self._patiently(asyncio.create_task(subscription.pull()), stop)
            if messages is None:
                return
            self._tell_alive(alive=True)
            self._take(messages, talk.clock_ahead)
            if not messages and self._clock.monotonic() - asked < _LOOK_S:
                await self._patiently(asyncio.create_task(_idle()), stop)  # a camera that does not let us wait
            if self._clock.monotonic() - renewed >= subscription.lifetime / 2.0:
                if not await subscription.renew():
                    return
                renewed = self._clock.monotonic()

    async def _patiently(self, task: "asyncio.Task[Sequence[Any]]", stop: threading.Event) -> Sequence[Any] | None:
        """The task's result; None, with the task cancelled, if we are to end first. What expires meanwhile is told."""
        try:
            while not (await asyncio.wait({task}, timeout=_LOOK_S))[0]:
                self._expire()
                if self._done(stop):
                    return None
            return task.result()
        finally:
            task.cancel()

    def _done(self, stop: threading.Event) -> bool:
        return stop.is_set() or self._refresh.is_set()

    def _take(self, messages: Sequence[Any], clock_ahead: float | None) -> None:
        now, mono = self._clock.now(), self._clock.monotonic()
        for message in messages:
            self._count("messages")
            try:
                said = read_notification(message, now=now, clock_ahead=clock_ahead)
            except (AttributeError, TypeError, ValueError):
                said = None
            if said is None:
                self._count("ignored")
                continue
            dropped = self._levels.dropped
            event = self._levels.take(said.kind, said.source, said.active, changed=said.changed, at=said.at, now=mono)
            if self._levels.dropped > dropped:
                self._count("dropped")
            if event is not None:
                self._tell(event)
        self._expire()

    def _expire(self) -> None:
        for event in self._levels.expire(at=self._clock.now(), now=self._clock.monotonic()):
            self._tell(event)

    def _tell(self, event: CameraEvent) -> None:
        try:
            self._on_event(event)
        except Exception as error:  # noqa: BLE001 - the listener's bug may not cost the subscription
            self._count("callback_errors")
            _log.error("a listener to a camera's events failed", camera=self._camera, exc_info=error)

    def _pause(self, seconds: float, stop: threading.Event) -> None:
        until = self._clock.monotonic() + seconds
        while (left := until - self._clock.monotonic()) > 0.0 and not self._refresh.is_set():
            if self._clock.wait(min(1.0, left), stop):
                return
            self._expire()

    def _tell_alive(self, *, alive: bool) -> None:
        self.alive = alive
        if alive:
            self.last_answer = self._clock.now()
        if self._metrics is not None:
            self._metrics.alive.set(alive)
            self._metrics.last.set(self.last_answer or 0.0)

    def _count(self, name: str) -> None:
        if self._metrics is not None:
            self._metrics.count(name)


async def _idle() -> Sequence[Any]:
    await asyncio.sleep(1.0)
    return ()


def _farewell_errors() -> tuple[type[BaseException], ...]:
    from vigilanza.capture.onvif_errors import FOREIGN

    return (*FOREIGN, SourceError)
