"""One pull point at a camera (ONVIF core specification, chapter 9.2): made, asked, renewed and given back."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from zeep.exceptions import Fault

from vigilanza.capture.onvif import OnvifTalk

_PULL_POINT = "http://www.onvif.org/ver10/events/wsdl/PullPointSubscription"
_MESSAGES_MAX = 100
_ANSWER_S = 10.0
"""For an answer that needs no waiting."""
_FAREWELL_S = 2.0


class Subscription:
    """Lives within one OnvifTalk; all methods raise foreign errors.

    `lifetime` is how long it lives unless renewed, in seconds, as granted by the camera.
    """

    def __init__(self, talk: OnvifTalk, *, asked: float, pull: float) -> None:
        """`asked`: seconds it shall live; `pull`: seconds a question for messages may stay unanswered."""
        self._talk, self._asked, self._pull = talk, timedelta(seconds=asked), timedelta(seconds=pull)
        self.lifetime = asked
        self._messages: Any = None
        self._manager: Any = None

    async def create(self) -> None:
        """Make it, and ask to be told how things stand."""
        camera = self._talk.camera
        async with asyncio.timeout(_ANSWER_S):
            events = await camera.create_events_service()
            asked = {"InitialTerminationTime": camera.get_next_termination_time(self._asked)}
            said = await events.CreatePullPointSubscription(asked)
            camera.xaddrs[_PULL_POINT] = self._talk.route.reach(str(said.SubscriptionReference.Address._value_1))
            self._manager = await camera.create_subscription_service("PullPointSubscription")
            self._messages = await camera.create_pullpoint_service()
            if camera.has_broken_relative_time(self._asked, said.CurrentTime, said.TerminationTime):
                # It took "60 s" for nothing, as some do: from here on the library gives it a time by its own clock.
                with suppress(Fault):
                    said = await self._manager.Renew(camera.get_next_termination_time(self._asked))
            self._learn_lifetime(said)
            with suppress(Fault):  # it is not obliged to know this
                await self._messages.SetSynchronizationPoint()

    async def pull(self) -> Sequence[Any]:
        """The messages that came, after at most `pull` seconds, and in time for a renewal."""
        wait = min(self._pull, timedelta(seconds=self.lifetime / 4.0))
        async with asyncio.timeout(wait.total_seconds() + _ANSWER_S):
            said = await self._messages.PullMessages({"Timeout": wait, "MessageLimit": _MESSAGES_MAX})
        return list(said.NotificationMessage or [])

    async def renew(self) -> bool:
        """False if the camera does not let it be renewed, so that another one is needed."""
        try:
            async with asyncio.timeout(_ANSWER_S):
                said = await self._manager.Renew(self._talk.camera.get_next_termination_time(self._asked))
        except Fault:
            return False
        self._learn_lifetime(said)
        return True

    async def end(self) -> None:
        """Give it back: cameras have few, some only one."""
        async with asyncio.timeout(_FAREWELL_S):
            await self._manager.Unsubscribe()

    def _learn_lifetime(self, said: Any) -> None:
        now, end = said.CurrentTime, said.TerminationTime
        granted = (end - now).total_seconds() if now is not None and end is not None else 0.0
        self.lifetime = granted if granted > 0.0 else self._asked.total_seconds()
