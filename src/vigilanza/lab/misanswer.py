"""Answers no RTSP server should give, and some do."""

import asyncio
from random import Random
from typing import assert_never

from vigilanza.lab.faults import Answer

_DRIP_SECONDS = 0.05
_FILLER = b"X-Filler: " + b"a" * 1000 + b"\r\n"


async def misanswer(kind: Answer, writer: asyncio.StreamWriter, *, head: bytes, body: bytes, url: str) -> None:
    """Send the answer in the way of `kind`; `head` is the status line and headers without Content-Length.

    The endless ones end when the client hangs up (ConnectionError).
    """
    match kind:
        case "right":
            length = b"Content-Length: %d\r\n" % len(body) if body else b""
            writer.write(head + length + b"\r\n" + body)
        case "dripped":
            for byte in head + b"\r\n":
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(_DRIP_SECONDS)
        case "garbage":
            writer.write(Random(0).randbytes(20_000))
        case "redirected":
            where = f"RTSP/1.0 302 Moved Temporarily\r\nLocation: {url}\r\n".encode()
            writer.write(where + head.partition(b"\r\n")[2] + b"\r\n")
        case "short_body":
            writer.write(head + b"Content-Length: %d\r\n\r\n" % (len(body) + 1000) + body)
        case "negative_body":
            writer.write(head + b"Content-Length: -2\r\n\r\n" + body)
        case "endless_headers":
            writer.write(head)
            await _for_ever(writer, _FILLER)
        case "huge_body":
            writer.write(head + b"Content-Length: 2000000000\r\n\r\n" + body)
            await _for_ever(writer, bytes(65536))
        case _:
            assert_never(kind)


async def _for_ever(writer: asyncio.StreamWriter, data: bytes) -> None:
    while not writer.is_closing():
        writer.write(data)
        await writer.drain()
        await asyncio.sleep(0.0)  # drain alone does not let the others run while the client reads
