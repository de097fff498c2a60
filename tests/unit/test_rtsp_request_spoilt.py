"""Whatever a viewer says to the video server: a request, or the end of the line, and no more memory than a head."""

import asyncio
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.soak import EXAMPLES
from tests.spoilt import NUMBERS, spoilt
from vigilanza.bridge.digest_header import read_digest
from vigilanza.bridge.rtsp.credentials import Account, Challenge
from vigilanza.bridge.rtsp.request import BODY_MAX_BYTES, HEAD_MAX_BYTES, BadRequest, Request, read_request

ASKED: Final = [
    b"OPTIONS rtsp://h/b3 RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 4\r\n\r\nbody",
    b'$\x00\x00\x04abcdDESCRIBE rtsp://h/b3 RTSP/1.0\r\nCSeq: 2\r\nAuthorization: Digest username="vms",'
    b' realm="Vigilanza", nonce="a", uri="rtsp://h/b3", response="b"\r\n\r\n',
    b"SETUP rtsp://h/b3/video RTSP/1.0\r\nCSeq: 3\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n",
]
WORDS = (*NUMBERS, b"", b"\r\n", b"\r\n\r\n", b"\n", b":", b"=", b'"', b",", b"$", b"rtsp://[", b"%ff%00", b"x" * 9000)
PROVE = b'DESCRIBE rtsp://h/b3 RTSP/1.0\r\nCSeq: 2\r\nAuthorization: Digest username=, realm="Vigilanza"\r\n\r\n'


def heard(said: bytes) -> list[Request]:
    """The requests in it, up to the end or to what is none."""
    requests: list[Request] = []

    async def listen() -> None:
        reader = asyncio.StreamReader(limit=HEAD_MAX_BYTES)
        reader.feed_data(said)
        reader.feed_eof()
        while True:
            requests.append(await read_request(reader))

    with pytest.raises((BadRequest, asyncio.IncompleteReadError)):
        asyncio.run(listen())
    return requests


@EXAMPLES
@given(said=st.lists(spoilt(ASKED, WORDS), min_size=1, max_size=3).map(b"".join))
def test_it_is_a_request_or_the_end(said: bytes) -> None:
    challenge = Challenge({"vms": Account("vms", "secret")})
    for request in heard(said):
        assert len(request.path) <= 1024
        assert challenge.judge(request.headers.get("authorization", ""), method=request.method) is None


@pytest.mark.parametrize("length", ["0" * 9 + "99999999", "0" * 5000, "\xb2", str(BODY_MAX_BYTES + 1), "-1", "+1", ""])
def test_a_length_is_a_small_number_or_the_end_of_the_line(length: str) -> None:
    said = f"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: {length}\r\n\r\n".encode("latin-1") + bytes(100_000)
    assert heard(said) == []


def test_a_digest_without_values_proves_nothing() -> None:
    (asked,) = heard(PROVE)
    assert Challenge({}).judge(asked.headers["authorization"], method="DESCRIBE") is None


@EXAMPLES
@given(
    header=st.one_of(
        st.text().map("Digest {}".format),
        spoilt([ASKED[1].partition(b"Authorization: ")[2]], WORDS).map(
            lambda raw: raw.decode("utf-8", "surrogateescape")
        ),
    )
)
def test_a_digest_header_is_read_whatever_it_says(header: str) -> None:
    for name, value in read_digest(header).items():
        (name + value).encode()
