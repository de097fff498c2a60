"""Requests and answers of RTSP/1.0 (RFC 2326), bounded in size."""

import asyncio
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

HEAD_MAX_BYTES = 8192
BODY_MAX_BYTES = 4096
_LINE = re.compile(r"([A-Z_]{1,32}) (\S{1,1024}) RTSP/1\.0")
_LENGTH = re.compile(r"[0-9]{1,9}")
_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    455: "Method Not Valid in This State",
    459: "Aggregate Operation Not Allowed",
    461: "Unsupported Transport",
    454: "Session Not Found",
    501: "Not Implemented",
    503: "Service Unavailable",
}


class BadRequest(Exception):
    """What came is no RTSP; nothing more is read."""


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` by their names in small letters; `cseq` as it came."""

    method: str
    url: str
    headers: Mapping[str, str]
    cseq: str

    @property
    def path(self) -> tuple[str, ...]:
        """The parts of the URL's path, decoded: camera and perhaps track."""
        return tuple(unquote(part) for part in urlsplit(self.url).path.split("/") if part)


async def read_request(reader: asyncio.StreamReader) -> Request:
    """The next one; what the client sends on the interleaved channels, and bodies, are skipped.

    BadRequest if it is none, asyncio.IncompleteReadError at the end of the line. `reader` limits what is read at once.
    """
    first = await reader.readexactly(1)
    while first == b"$":
        _, size = struct.unpack(">BH", await reader.readexactly(3))
        await reader.readexactly(size)
        first = await reader.readexactly(1)
    try:
        head = first + await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as error:
        raise BadRequest("the head is too long") from error
    request = _parse(head)
    length = request.headers.get("content-length", "0")
    if not _LENGTH.fullmatch(length) or int(length) > BODY_MAX_BYTES:
        raise BadRequest("the body is too long")
    await reader.readexactly(int(length))
    return request


def _parse(head: bytes) -> Request:
    line, *fields = head.decode("latin-1").strip("\r\n").split("\r\n")
    found = _LINE.fullmatch(line)
    if found is None:
        raise BadRequest("no RTSP/1.0")
    headers: dict[str, str] = {}
    for field in fields:
        name, colon, value = field.partition(":")
        if not colon:
            raise BadRequest("a header without a colon")
        headers[name.strip().lower()] = value.strip()
    cseq = headers.get("cseq", "")
    if not re.fullmatch(r"[0-9]{1,10}", cseq):
        raise BadRequest("no CSeq")
    try:
        urlsplit(found[2])
    except ValueError as error:
        raise BadRequest("no URL") from error
    return Request(found[1], found[2], headers, cseq)


def response(request: Request, status: int, headers: Mapping[str, str] | None = None, body: str = "") -> bytes:
    """The answer's bytes."""
    lines = [f"RTSP/1.0 {status} {_REASONS[status]}", f"CSeq: {request.cseq}", "Server: Vigilanza"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    content = body.encode()
    if content:
        lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + content
