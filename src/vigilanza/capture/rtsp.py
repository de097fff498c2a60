"""A network camera over RTSP."""

import errno
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import Literal
from urllib.parse import quote, urlsplit, urlunsplit

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from vigilanza.capture.allocation import bound_allocations
from vigilanza.capture.arrival import ArrivalClock
from vigilanza.capture.demuxed import demuxed
from vigilanza.capture.name import NameLookup
from vigilanza.capture.packet import Packet, StreamFormat
from vigilanza.capture.parametersets import parameter_sets
from vigilanza.capture.redact import redact
from vigilanza.capture.trust import RTSPS_PORT, Trust
from vigilanza.clock import Clock
from vigilanza.domain.errors import (
    ConfigError,
    CutOff,
    NameUnresolved,
    NotUnderstood,
    PasswordRefused,
    Silent,
    SourceError,
    SourceRefused,
    SourceUnavailable,
    Unreachable,
    Untrusted,
)

_FAILURES: dict[type[av.FFmpegError], tuple[type[SourceError], str]] = {
    av.error.HTTPUnauthorizedError: (PasswordRefused, "wrong user or password"),
    av.error.HTTPForbiddenError: (PasswordRefused, "the camera forbids this user the stream"),
    av.error.HTTPNotFoundError: (SourceRefused, "the camera has no such path"),
    av.error.HTTPBadRequestError: (SourceRefused, "the camera does not understand the address"),
    av.error.ProtocolNotFoundError: (SourceRefused, "no such protocol"),
    av.error.PatchWelcomeError: (SourceRefused, "a codec we cannot read"),
    av.error.DecoderNotFoundError: (SourceRefused, "a codec we cannot read"),
    av.error.ExitError: (Silent, "no picture within the time allowed"),
    av.error.InvalidDataError: (NotUnderstood, "no sensible answer within the time allowed"),
    av.error.TimeoutError: (Unreachable, "no answer within the time allowed"),
    av.error.ConnectionRefusedError: (Unreachable, "connection refused"),
    av.error.ConnectionResetError: (CutOff, "connection cut"),
    av.error.BrokenPipeError: (CutOff, "connection cut"),
    av.error.EOFError: (CutOff, "connection closed by the camera"),
}
_NO_WAY = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN)
_HELD_PACKETS = 100
_ADDRESSES_MAX = 3
"""Of one name: a camera has one of IPv4 and perhaps one of IPv6, the rest is left over from others."""


class RtspSource:
    """One stream of a camera. `url` carries no credentials.

    A host that is a name is looked up at each connection, so that a camera whose address changed is found again.
    Timeouts in seconds: `open_timeout` to look its name up, and twice at most for each of its addresses until the
    stream is described and probed, `read_timeout` between packets, `keyframe_timeout` until the first key frame. They
    hold whatever the other side sends meanwhile.
    An rtsps:// address needs a `trust`: a camera that nobody identifies is not worth encrypting for.
    """

    def __init__(
        self,
        *,
        url: str,
        user: str | None,
        password: str | None,
        clock: Clock,
        transport: Literal["tcp", "udp"] = "tcp",
        trust: Trust | None = None,
        open_timeout: float = 3.0,
        read_timeout: float = 1.5,
        keyframe_timeout: float = 40.0,
    ) -> None:
        bound_allocations()
        parts = urlsplit(url)
        if parts.username is not None or parts.password is not None:
            raise ConfigError(f"{redact(url)}: credentials do not belong into the address of a camera")
        if parts.scheme == "rtsps" and trust is None:
            raise ConfigError(f"{redact(url)}: rtsps:// needs a ca_file to know the camera by")
        self._where, self._parts, self._trust = redact(url), parts, trust
        self._told = self._where
        self._host = parts.hostname or ""
        self._name = NameLookup(self._host)
        self._answered = ""
        """The address that answered last."""
        self._login = quote(user, safe="") + ":" + quote(password or "", safe="") + "@" if user else ""
        self._transport, self._clock = transport, clock
        self._timeouts = (open_timeout, read_timeout)
        self._keyframe_timeout = keyframe_timeout

    def __repr__(self) -> str:
        return f"RtspSource({self._where!r})"

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        """See Source.packets."""
        if stop.is_set():
            return
        container = self._open(stop)
        try:
            stream = self._video(container)
            yield from self._read(container, stream, stop)
        finally:
            container.close()

    def _open(self, stop: threading.Event) -> InputContainer:
        """At the first address of the camera's name that is one; the one that answered last is tried first."""
        try:
            found = self._name.addresses(self._timeouts[0])
        except NameUnresolved as error:
            raise NameUnresolved(f"{self._where}: {error}") from error
        *others, last = sorted(found, key=lambda address: address != self._answered)[:_ADDRESSES_MAX]
        for address in others:
            with suppress(SourceUnavailable):
                return self._open_at(address)
            if stop.is_set():
                break
        return self._open_at(last)

    def _open_at(self, address: str) -> InputContainer:
        self._told = self._where if address == self._host else f"{self._where} ({address})"
        port = "" if self._parts.port is None else f":{self._parts.port}"
        netloc = f"{self._login}[{address}]{port}" if ":" in address else f"{self._login}{address}{port}"
        options = {
            "rtsp_transport": self._transport,
            "allowed_media_types": "video",  # audio is never set up, so the camera never sends it
            "fpsprobesize": "0",
            "analyzeduration": "300000",
            **(self._trust.options(self._host) if self._trust is not None else {}),
        }
        try:
            container = av.open(
                urlunsplit(self._parts._replace(netloc=netloc)), options=options, timeout=self._timeouts
            )
            self._answered = address
            return container
        except av.FFmpegError as error:
            failure = self._suspect(error, address) or self._translate(error)
        except ValueError:
            failure = SourceRefused(f"{self._told}: not an address")
        # Outside the except block on purpose: FFmpeg's text has the password in it, so it may not become our context.
        raise failure

    def _suspect(self, error: av.FFmpegError, address: str) -> Untrusted | None:
        """A failed TLS handshake is an I/O error like any other to FFmpeg."""
        if self._trust is None or error.errno != errno.EIO:
            return None
        complaint = self._trust.complaint(self._host, (address, self._parts.port or RTSPS_PORT), self._timeouts[0])
        return None if complaint is None else Untrusted(f"{self._told}: {complaint}")

    def _video(self, container: InputContainer) -> VideoStream:
        stream = next(iter(container.streams.video), None)
        if stream is None:
            raise SourceRefused(f"{self._told}: no video in this stream")
        codec: object = stream.codec_context
        if codec is None:  # PyAV's way to say that FFmpeg has no decoder
            raise SourceRefused(f"{self._told}: a codec we cannot read")
        return stream

    def _read(self, container: InputContainer, stream: VideoStream, stop: threading.Event) -> Iterator[Packet]:
        """Packets with their times; those that lay ready at the beginning wait for the first that had to be awaited."""
        arrival = ArrivalClock(clock=self._clock)
        held: list[Packet] = []
        failure: SourceError | None = None
        try:
            for packet in self._received(container, stream, stop, arrival):
                if packet.at:
                    yield packet
                    continue
                held.append(packet)
                if arrival.settled or len(held) >= _HELD_PACKETS:
                    yield from (replace(each, at=arrival.at(each.seconds)) for each in held)
                    held.clear()
        except SourceError as error:
            failure = error
        yield from (replace(each, at=arrival.at(each.seconds)) for each in held)
        if failure is not None:
            raise failure

    def _received(
        self, container: InputContainer, stream: VideoStream, stop: threading.Event, arrival: ArrivalClock
    ) -> Iterator[Packet]:
        """Packets from the first key frame on; `arrival` is told of every one. `at` is 0.0 up to where that settled."""
        codec = stream.codec_context
        format_ = StreamFormat(codec.name, codec.width, codec.height, bytes(codec.extradata or b""))
        sets = b""
        received = demuxed(container, stream)
        dts: int | None = None
        base: Fraction | None = None
        fruitful = self._clock.monotonic()
        while not stop.is_set():
            arrival.asking()
            packet = self._next(received)
            if self._clock.monotonic() - fruitful > self._keyframe_timeout:
                raise NotUnderstood(f"{self._told}: no key frame within the time allowed")
            # FFmpeg gives a connection's first picture no time of its own; it is the origin of all the others.
            pts = packet.pts if packet.pts is not None or base is not None else 0
            base = base or packet.time_base  # that of RTP, for as long as the connection lasts
            if pts is None:
                continue
            settled, seconds = arrival.settled, pts * base.numerator / base.denominator
            arrival.arrived(seconds)
            if dts is None and not packet.is_keyframe:
                continue
            # Until FFmpeg knows the reordering depth it gives no dts: count up in ticks, which keeps the order.
            dts = packet.dts if packet.dts is not None else pts if dts is None else dts + 1
            data = bytes(packet)
            if packet.is_keyframe and (brought := parameter_sets(codec.name, data)):
                if sets and brought != sets:  # the camera was set up anew, and nobody announced it
                    format_ = StreamFormat(codec.name, 0, 0, brought)
                sets = brought
            at = arrival.at(seconds) if settled else 0.0
            yield Packet(data, at, _camera_clock(packet), pts, dts, base, packet.is_keyframe, format_)
            fruitful = self._clock.monotonic()

    def _next(self, received: "Iterator[av.Packet[VideoStream]]") -> "av.Packet[VideoStream]":
        try:
            packet = next(received, None)
            if packet is not None and packet.size:
                return packet
            failure: SourceError = CutOff(f"{self._told}: connection closed by the camera")
        except av.FFmpegError as error:
            failure = self._translate(error)
        raise failure

    def _translate(self, error: av.FFmpegError) -> SourceError:
        for kind, (failure, why) in _FAILURES.items():
            if isinstance(error, kind):
                return failure(f"{self._told}: {why}")
        failure = Unreachable if error.errno in _NO_WAY else SourceUnavailable
        return failure(f"{self._told}: {redact(error.strerror or type(error).__name__)}")


def _camera_clock(packet: "av.Packet[VideoStream]") -> float | None:
    """UTC by the camera's own clock: FFmpeg's producer reference time (µs), made from RTCP sender reports."""
    if not packet.has_sidedata("prft"):
        return None
    (microseconds,) = struct.unpack_from("<q", bytes(packet.get_sidedata("prft")))
    return float(microseconds) / 1e6
