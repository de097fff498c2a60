"""Where packets come from."""

import threading
from collections.abc import Iterator
from typing import Protocol

from vigilanza.capture.packet import Packet


class Source(Protocol):
    """One video stream that can be opened again and again."""

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        """Open the stream once and yield its packets in decoding order, video only.

        Promises: the first packet is a key frame; `format` and `time_base` change with a key frame only; in order of
        `pts`, `at` never steps back; once `stop` is set the iterator ends without error, at the latest after the
        source's read timeout (while opening: open timeout).
        A camera's iterator ends only by `stop` or by an error; a recording's also by the recording's end.

        Raises SourceUnavailable (try again soon) or SourceRefused (a person must act), a recording RecordingError
        after the packets that could be read. No error, its cause or its context contains a credential.
        """
        ...
