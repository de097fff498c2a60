"""Whatever is in a truth file: it is read, or refused with what is wrong with it."""

import json
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given

from tests.commands import VIDEOS
from tests.soak import EXAMPLES
from tests.spoilt import NUMBERS, refusal, spoilt
from tests.truths import document, window, write
from vigilanza.domain.errors import RecordingError
from vigilanza.lab.truth import read_recording

JSON_WORDS = (
    *NUMBERS,
    *(
        b"",
        b"null",
        b"true",
        b"[]",
        b"{}",
        b'""',
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b'"\\ud800"',
        b'"\\u0000"',
        b'"S"',
    ),
    *(b"[" * 5000, b'"' + b"x" * 5000 + b'"', b"../" * 30, b"\xef\xbb\xbf", b"\xff", b",", b":", b"{", b"]"),
)
SMALL = json.dumps(document(alarm=[window(1, 2)], masks=[[[0, 0], [1, 0], [1, 1]]], pair="night_main")).encode()
REAL = max(VIDEOS.glob("*.json"), key=lambda path: path.stat().st_size).read_bytes()


@pytest.mark.parametrize(
    "written",
    [
        b'{"duration": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        json.dumps(document(file="x" * 5000)).encode(),
        json.dumps(document(file="\ud800.mp4")).encode(),
        json.dumps(document(file="\0")).encode(),
    ],
)
def test_what_nobody_writes_is_refused_like_anything_else(tmp_path: Path, written: bytes) -> None:
    path = write(tmp_path, document())
    path.write_bytes(written)
    with pytest.raises(RecordingError) as refused:
        read_recording(path)
    assert str(refused.value).startswith(f"{path}: ")


@EXAMPLES
@given(raw=spoilt([SMALL, REAL], JSON_WORDS))
def test_a_spoilt_truth_file_is_read_or_refused(raw: bytes, tmp_path: Path) -> None:
    path = write(tmp_path, document())
    path.write_bytes(raw)
    told = refusal(partial(read_recording, path), RecordingError)
    assert told is None or (told.startswith(f"{path}: ") and "\n" not in told)
