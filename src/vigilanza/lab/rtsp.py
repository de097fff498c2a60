"""The RTSP conversation of a simulated camera with one client (RFC 2326): TCP interleaved and UDP."""

import asyncio
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

from vigilanza.lab.digest import Digest
from vigilanza.lab.faults import Faults
from vigilanza.lab.footage import Footage
from vigilanza.lab.misanswer import misanswer

Send = Callable[[int, bytes], None]
"""send(channel, datagram): channel 0 is RTP, 1 is RTCP."""
SOUND = 2
"""The channel of what is heard, over TCP alone; it comes to those who set that track up."""


@dataclass(frozen=True, slots=True)
class Request:
    """One RTSP request; header names in lower case."""

    method: str
    url: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        """The stream's path, without query and track."""
        path = "/" + re.sub(r"^rtsps?://[^/]+/?", "", self.url).split("?")[0]
        return re.sub(r"/track\d+$", "", path).rstrip("/") or "/"


async def read_request(reader: asyncio.StreamReader) -> Request:
    """The next request, skipping interleaved data. IncompleteReadError at the end, ValueError if it is no RTSP."""
    first = await reader.readexactly(1)
    while first == b"$":
        _, size = struct.unpack(">BH", await reader.readexactly(3))
        await reader.readexactly(size)
        first = await reader.readexactly(1)
    head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, url, _ = head[0].split()
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    if size_text := headers.get("content-length"):
        await reader.readexactly(int(size_text))
    return Request(method, url, headers)


def describe(footage: Footage, faults: Faults, host: str) -> str:
    """The session description of one stream."""
    if faults.announce == "nonsense":
        return "v=\r\nm=video\r\na=rtpmap:\r\nm=\r\n" + "c=IN IP9 nowhere\r\na=control:\r\n" * 50
    head = f"v=0\r\no=- 0 0 IN IP4 {host}\r\ns=lab\r\nc=IN IP4 {host}\r\nt=0 0\r\na=control:*\r\n"
    media = footage.sdp_media()
    if faults.announce == "unknown_codec":
        media = "a=rtpmap:96 X-NOBODY-KNOWS/90000\r\n"
    video = f"m=video 0 RTP/AVP 96\r\n{media}a=control:track1\r\n"
    audio = "m=audio 0 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=control:track2\r\n"
    match faults.announce:
        case "audio":
            return head + audio
        case "video_and_audio":
            return head + video + audio
        case "video" | "unknown_codec":
            return head + video


class Conversation:
    """Answers one client's requests; `on_play(path, send, sound)` starts sending, `asked` hears every (method, url)."""

    def __init__(
        self,
        *,
        writer: asyncio.StreamWriter,
        streams: dict[str, Footage],
        digest: Digest | None,
        faults: Faults,
        host: str,
        on_play: Callable[[str, Send, bool], None],
        asked: Callable[[str, str], None],
    ) -> None:
        self._writer, self._streams, self._digest, self._faults = writer, streams, digest, faults
        self._host, self._on_play, self._asked = host, on_play, asked
        self._session = f"{id(self):x}"
        self._send: Send | None = None
        self._sockets: list[asyncio.DatagramTransport] = []
        self._listens = False

    async def run(self, reader: asyncio.StreamReader) -> None:
        """Until the client hangs up or says TEARDOWN."""
        try:
            while await self._answer(await read_request(reader)):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            return
        finally:
            for socket in self._sockets:
                socket.close()

    async def _answer(self, request: Request) -> bool:
        if self._faults.half_open:
            self._writer.transport.pause_reading()  # type: ignore[attr-defined] # of sockets it is a ReadTransport too
        if self._faults.blackhole or self._faults.half_open:
            return True
        self._asked(request.method, request.url)
        if request.method == "OPTIONS":
            public = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"
            await self._reply(request, "200 OK", f"Public: {public}\r\n")
        elif self._digest and not self._digest.accepts(request.method, request.headers.get("authorization", "")):
            await self._reply(request, "401 Unauthorized", f"WWW-Authenticate: {self._digest.challenge}\r\n")
        elif request.path not in self._streams:
            await self._reply(request, "404 Not Found")
        else:
            return await self._serve(request)
        return True

    async def _serve(self, request: Request) -> bool:
        session = f"Session: {self._session};timeout=60\r\n"
        match request.method:
            case "DESCRIBE":
                base = f"Content-Base: {request.url.rstrip('/')}/\r\nContent-Type: application/sdp\r\n"
                await self._reply(
                    request, "200 OK", base, describe(self._streams[request.path], self._faults, self._host)
                )
            case "SETUP" if request.url.rstrip("/").endswith("/track2"):
                await self._set_up_sound(request, session)
            case "SETUP":
                transport = await self._set_up(request.headers.get("transport", ""))
                await self._reply(request, "200 OK", f"Transport: {transport}\r\n{session}")
            case "PLAY" if self._send is not None:
                await self._reply(request, "200 OK", f"{session}Range: npt=0-\r\n")
                self._on_play(request.path, self._send, self._listens)
            case "TEARDOWN":
                await self._reply(request, "200 OK", session)
                return False
            case _:
                await self._reply(request, "200 OK", session)
        return True

    async def _set_up(self, transport: str) -> str:
        ports = re.search(r"client_port=(\d+)-(\d+)", transport)
        if ports is None:
            self._send = self._send_interleaved
            return "RTP/AVP/TCP;unicast;interleaved=0-1"
        peer = self._writer.get_extra_info("peername")[0]
        loop = asyncio.get_running_loop()
        for _ in range(2):
            socket, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=(self._host, 0))
            self._sockets.append(socket)
        rtp, rtcp = self._sockets[-2:]
        client = (int(ports[1]), int(ports[2]))
        self._send = lambda channel, data: (rtp, rtcp)[channel].sendto(data, (peer, client[channel]))
        server = [socket.get_extra_info("sockname")[1] for socket in (rtp, rtcp)]
        return f"RTP/AVP;unicast;client_port={client[0]}-{client[1]};server_port={server[0]}-{server[1]}"

    async def _set_up_sound(self, request: Request, session: str) -> None:
        if "interleaved" not in request.headers.get("transport", ""):
            await self._reply(request, "461 Unsupported Transport")
            return
        self._listens = True
        transport = f"RTP/AVP/TCP;unicast;interleaved={SOUND}-{SOUND + 1}"
        await self._reply(request, "200 OK", f"Transport: {transport}\r\n{session}")

    def _send_interleaved(self, channel: int, data: bytes) -> None:
        self._writer.write(struct.pack(">cBH", b"$", channel, len(data)) + data)

    async def _reply(self, request: Request, status: str, headers: str = "", body: str = "") -> None:
        head = f"RTSP/1.0 {status}\r\nCSeq: {request.headers.get('cseq', '0')}\r\n{headers}"
        answer = self._faults.answer
        await misanswer(answer, self._writer, head=head.encode(), body=body.encode(), url=request.url)
