"""pysiaalarm reads frames of SIA DC-09: FILE; fails unless checksum and length of each are right."""

import sys
from pathlib import Path

from pysiaalarm.event import SIAEvent


def main() -> None:
    raw = Path(sys.argv[1]).read_bytes().decode("cp1252")
    events = [SIAEvent.from_line(frame.strip("\n")) for frame in raw.split("\r") if frame.strip()]
    for event in events:
        print(event.sequence, event.code, event.message, "ok" if event.valid_message else "SPOILT")
    sys.exit(0 if events and all(event.valid_message for event in events) else 1)


if __name__ == "__main__":
    main()
