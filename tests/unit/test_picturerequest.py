"""What goes between a centre and a site about pictures says the same after its way; nothing else is taken for it."""

import json
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import BEGAN
from vigilanza.domain.picturerefusal import PictureRefusal
from vigilanza.domain.picturerequest import (
    LISTED_MAX,
    PIECE_BYTES,
    PictureReply,
    PictureRequest,
    RemotePicture,
    encode_reply,
    encode_request,
    read_reply,
    read_request,
)
from vigilanza.domain.wire import MESSAGE_MAX_BYTES

SHA256 = "0f" * 32
ASKED = PictureRequest("0423", UUID(int=1), "anna", None, 0)
PICTURE = RemotePicture("clip", BEGAN, BEGAN + 60.0, SHA256, ".mp4", 2**40, covered=True, until=BEGAN + 86400.0)


def changed(**told: Any) -> bytes:
    """An answer with one picture, of which something else is told."""
    raw = json.loads(encode_reply(PictureReply(ASKED, (PICTURE,))))
    raw["listed"][0] |= told
    return json.dumps(raw).encode()


@pytest.mark.parametrize("asked", [ASKED, PictureRequest("0423", UUID(int=1), "0423/bruna", SHA256, 2**40)])
def test_a_request_says_the_same_after_its_way(asked: PictureRequest) -> None:
    assert read_request(encode_request(asked)) == asked


@pytest.mark.parametrize(
    "reply",
    [
        PictureReply(ASKED, (PICTURE,) * LISTED_MAX, (SHA256,) * LISTED_MAX),
        PictureReply(ASKED, piece=b"\n" * PIECE_BYTES),
        PictureReply(ASKED, why="the site does not have it any more", refusal=PictureRefusal.GONE),
        PictureReply(ASKED, why="a site of a former version says no more than this"),
    ],
)
def test_the_longest_answer_says_the_same_after_its_way(reply: PictureReply) -> None:
    assert read_reply(encode_reply(reply)) == reply
    assert len(encode_reply(reply).partition(b"\n")[0]) <= MESSAGE_MAX_BYTES


@pytest.mark.parametrize(
    "raw",
    [
        encode_reply(PictureReply(ASKED, piece=b"x" * (PIECE_BYTES + 1))),
        encode_reply(PictureReply(ASKED, (PICTURE,) * (LISTED_MAX + 1))),
        changed(kind="original"),
        changed(suffix=".cms"),
        changed(suffix="/../x"),
        changed(sha256="../" + "0" * 61),
        changed(bytes=-1),
        changed(to=BEGAN - 1.0),
        changed(until=1e300),
        changed(inside_blacked_out="no"),
        b"[" * 60_000,
    ],
)
def test_what_is_too_much_or_no_picture_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_reply(raw)


@given(
    st.binary(max_size=300)
    | st.recursive(st.none() | st.text(), lambda of: st.lists(of)).map(lambda of: json.dumps(of).encode())
)
def test_whatever_comes_is_read_or_refused(raw: bytes) -> None:
    for read in (read_request, read_reply):
        with suppress(ValueError):
            read(raw)
