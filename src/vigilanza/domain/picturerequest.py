"""What a centre asks one of its sites of the pictures of an incident, and what the site answers.

A request names a person at the centre. It asks either what there is, or for a piece of one file, by its SHA-256.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from uuid import UUID

from vigilanza.domain.picturerefusal import PictureRefusal
from vigilanza.domain.wire import encode, read_count, read_name, read_object, read_text, read_time

PIECE_BYTES = 65_536
"""So small that an alert waits for no more of it than a slow uplink takes half a second for."""
LISTED_MAX = 150
"""So many are told in one answer; whoever asks for those after them is told the next ones."""
WHY_MAX = 200
RemoteKind: TypeAlias = Literal["clip", "still"]
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SUFFIXES = (".mp4", ".jpg", ".jpeg", ".png", ".webp")


@dataclass(frozen=True, slots=True)
class RemotePicture:
    """A clip or still at a site, masked as all is that it keeps; what is encrypted for two key holders is never told.

    `start` and `end` are picture times, `until` when its term at the site is over: UTC in Unix seconds.
    """

    kind: RemoteKind
    start: float
    end: float
    sha256: str
    suffix: str
    size_bytes: int
    covered: bool
    until: float


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """`by` whom. `sha256` None: which pictures of `incident` there are, but for the first `offset` of them; else the
    bytes of that file from `offset` on.
    """

    site: str
    incident: UUID
    by: str
    sha256: str | None
    offset: int


@dataclass(frozen=True, slots=True)
class PictureReply:
    """To `asked`: either `listed`, or a `piece` (empty: the file ends there); `why`, if it was refused, and as what.

    `withdrawn`: the SHA-256 of what the site deleted for what it showed; whoever has a copy is to delete it too.
    """

    asked: PictureRequest
    listed: tuple[RemotePicture, ...] = ()
    withdrawn: tuple[str, ...] = ()
    piece: bytes = b""
    why: str = ""
    refusal: PictureRefusal | None = None


def encode_request(request: PictureRequest) -> bytes:
    """As JSON."""
    return encode(_told(request))


def read_request(raw: bytes) -> PictureRequest:
    """Inverse of `encode_request`; ValueError says what is wrong."""
    return _request(read_object(raw))


def encode_reply(reply: PictureReply) -> bytes:
    """A line of JSON, then the bytes of the piece."""
    listed = [
        {
            "kind": one.kind,
            "from": one.start,
            "to": one.end,
            "sha256": one.sha256,
            "suffix": one.suffix,
            "bytes": one.size_bytes,
            "inside_blacked_out": one.covered,
            "until": one.until,
        }
        for one in reply.listed
    ]
    more = {"listed": listed, "withdrawn": reply.withdrawn, "why": reply.why, "refusal": reply.refusal}
    return encode(_told(reply.asked) | more) + b"\n" + reply.piece


def read_reply(raw: bytes) -> PictureReply:
    """Inverse of `encode_reply`; ValueError says what is wrong: whoever sent it is not trusted."""
    head, _, piece = raw.partition(b"\n")
    if len(piece) > PIECE_BYTES:
        raise ValueError(f"a piece of {len(piece)} bytes, allowed are {PIECE_BYTES}")
    told = read_object(head)
    asked = _request(told)
    try:
        listed = tuple(_picture(one) for one in told["listed"])
        withdrawn = tuple(_sha256(one) for one in told["withdrawn"])
        why = read_text(told["why"])[:WHY_MAX]
        refusal = None if told.get("refusal") is None else PictureRefusal.read(told["refusal"])
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not an answer about pictures: {error}") from error
    if max(len(listed), len(withdrawn)) > LISTED_MAX:
        raise ValueError(f"more than {LISTED_MAX} pictures are told at once")
    return PictureReply(asked, listed, withdrawn, piece, why, refusal)


def _told(request: PictureRequest) -> dict[str, Any]:
    told = {"site": request.site, "incident": str(request.incident), "by": request.by}
    return told | {"sha256": request.sha256, "offset": request.offset}


def _request(told: Mapping[str, Any]) -> PictureRequest:
    try:
        return PictureRequest(
            site=read_name(told["site"]),
            incident=UUID(told["incident"]),
            by=_person(told["by"]),
            sha256=None if told["sha256"] is None else _sha256(told["sha256"]),
            offset=read_count(told["offset"]),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not a request for pictures: {error}") from error


def _picture(told: Mapping[str, Any]) -> RemotePicture:
    kind: RemoteKind = "clip" if told["kind"] == "clip" else "still"
    if told["kind"] != kind or told["suffix"] not in _SUFFIXES or not isinstance(told["inside_blacked_out"], bool):
        raise ValueError("neither a clip nor a still")
    picture = RemotePicture(
        kind=kind,
        start=read_time(told["from"]),
        end=read_time(told["to"]),
        sha256=_sha256(told["sha256"]),
        suffix=str(told["suffix"]),
        size_bytes=read_count(told["bytes"]),
        covered=told["inside_blacked_out"],
        until=read_time(told["until"]),
    )
    if picture.end < picture.start:
        raise ValueError("a picture that ends before it begins")
    return picture


def _sha256(value: Any) -> str:
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise ValueError(f"not a SHA-256: {str(value)[:80]!r}")
    return value


def _person(value: Any) -> str:
    """Those of a site have its name before theirs."""
    if not 0 < len(name := read_text(value)) <= 129:
        raise ValueError("not the name of a person")
    return name
