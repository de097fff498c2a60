"""A camera's day made of one recording: long quiet, and what the recording shows at given times in it."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from random import Random

import av
from av.video.frame import VideoFrame

from vigilanza.domain.errors import RecordingError

GOP_S = 2.0


def write_day(
    recording: Path,
    path: Path,
    *,
    seconds: float,
    quiet_until: float,
    shown_at: Sequence[float] = (),
    kilobits: int = 384,
    seed: int = 0,
) -> None:
    """Write `seconds` of H.264 to `path`, a key frame every GOP_S, encoded anew in one go.

    Quiet is made of the recording's first `quiet_until` seconds, picture after picture in the order of the `seed`, so
    that its noise never repeats itself as a frozen camera's would; at each of `shown_at` the recording is shown from
    its beginning to its end. RecordingError if it cannot be read.
    """
    pictures, rate = _decoded(recording)
    quiet = pictures[: max(1, round(quiet_until * rate))]
    if not quiet:
        raise RecordingError(f"{recording}: has no picture")
    with av.open(str(path), "w", format="mp4") as output:
        options = {"preset": "veryfast", "g": str(round(GOP_S * rate)), "bf": "0", "sc_threshold": "0"}
        stream = output.add_stream("libx264", rate=round(rate), options=options)
        stream.width, stream.height, stream.pix_fmt = quiet[0].width, quiet[0].height, "yuv420p"
        stream.bit_rate = kilobits * 1000
        stream.codec_context.thread_count = 1
        order = _order(len(pictures), len(quiet), round(seconds * rate), [round(at * rate) for at in shown_at], seed)
        for number, index in enumerate(order):
            picture = pictures[index]
            picture.pts, picture.time_base, picture.pict_type = number, Fraction(1, round(rate)), 0
            output.mux(stream.encode(picture))
        output.mux(stream.encode(None))


def _order(whole: int, quiet: int, count: int, shown_at: Sequence[int], seed: int) -> Iterator[int]:
    """Which picture of the recording comes when."""
    random = Random(seed)
    starts = iter(sorted(shown_at))
    start = next(starts, count)
    number = 0
    while number < count:
        if number < start:
            yield random.randrange(quiet)
            number += 1
            continue
        yield from range(min(whole, count - number))
        number += whole
        start = next(starts, count)


def _decoded(recording: Path) -> tuple[list[VideoFrame], float]:
    try:
        with av.open(str(recording)) as source:
            stream = source.streams.video[0]
            return list(source.decode(stream)), float(stream.average_rate or 10)
    except (av.FFmpegError, OSError, IndexError) as error:
        raise RecordingError(f"{recording}: {error}") from error
