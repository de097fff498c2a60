"""Somebody who watches: pictures go out as they come, and who takes none is cut off."""

import asyncio
import struct
from collections.abc import Callable
from contextlib import suppress
from random import SystemRandom

import structlog

from vigilanza.bridge.rtsp.figures import VideoFigures
from vigilanza.bridge.rtsp.nal import nal_units, parameter_sets, self_contained
from vigilanza.bridge.rtsp.programme import AccessUnit, Programme
from vigilanza.bridge.rtsp.pump import Pump
from vigilanza.bridge.rtsp.rtp import RtpSender
from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable

log = structlog.get_logger(__name__)

STUCK_S = 10.0
"""Nothing was taken for so long: nobody is there any more."""
REPORT_EVERY_S = 5.0
UNSENT_MAX_BYTES = 1_000_000


class Viewer:
    """Of one programme, on one interleaved channel (the next is for RTCP). Closes the line when the pictures end."""

    def __init__(
        self,
        *,
        programme: Programme,
        writer: asyncio.StreamWriter,
        channel: int,
        figures: VideoFigures,
        clock: Clock,
        on_end: Callable[[float], None],
    ) -> None:
        """`on_end` is told the seconds of the viewing, in a thread of its own."""
        self._writer, self._channel, self._figures, self._clock, self._on_end = writer, channel, figures, clock, on_end
        self._format = programme.format
        self._sets = parameter_sets(self._format.codec, self._format.parameter_sets)
        self._sender = RtpSender(self._format.codec, "vigilanza", SystemRandom())
        self._pump = Pump(programme, asyncio.get_running_loop())
        self._began = clock.monotonic()
        self._reported = float("-inf")
        self._task: asyncio.Task[None] | None = None
        writer.transport.set_write_buffer_limits(high=UNSENT_MAX_BYTES)

    @property
    def next_sequence(self) -> int:
        """Number of the next RTP packet."""
        return self._sender.next_sequence

    def start(self) -> None:
        """Begin to show."""
        self._figures.viewers.inc()
        self._pump.start()
        self._task = asyncio.create_task(self._show())

    async def stop(self) -> None:
        """Show no more; returns when everything has ended and was written down."""
        if self._task is None:
            return
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        await self._pump.stop()
        self._figures.viewers.dec()
        try:
            await asyncio.to_thread(self._on_end, self._clock.monotonic() - self._began)
        except JournalUnavailable as error:
            log.error("video: the end of a viewing is not written down", why=str(error))

    async def _show(self) -> None:
        try:
            while (unit := await self._pump.take()) is not None:
                self._send(unit)
                async with asyncio.timeout(STUCK_S):
                    await self._writer.drain()
        except TimeoutError:
            self._figures.stuck.inc()
            self._writer.transport.abort()  # closing would wait until it has taken what it does not take
        except ConnectionError:
            pass  # it hung up, which the conversation hears
        finally:
            self._writer.close()

    def _send(self, unit: AccessUnit) -> None:
        nals = nal_units(unit.data)
        if unit.is_keyframe:
            nals = self_contained(self._format.codec, nals, self._sets)
        packets = self._sender.packets(nals, unit.ticks)
        if self._clock.monotonic() - self._reported >= REPORT_EVERY_S:
            self._reported = self._clock.monotonic()
            self._write(self._channel + 1, self._sender.report(unit.ticks, unit.at))
        for packet in packets:
            self._write(self._channel, packet)
        self._figures.pictures.inc()
        self._figures.octets.inc(len(unit.data))

    def _write(self, channel: int, packet: bytes) -> None:
        self._writer.write(struct.pack(">cBH", b"$", channel, len(packet)) + packet)
