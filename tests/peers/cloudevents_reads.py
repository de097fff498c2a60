"""The CloudEvents SDK for Python reads an event in structured JSON: FILE."""

import sys
from pathlib import Path

from cloudevents.core.bindings.http import HTTPMessage, from_http_event


def main() -> None:
    message = HTTPMessage({"content-type": "application/cloudevents+json"}, Path(sys.argv[1]).read_bytes())
    print(from_http_event(message).get_attributes())


if __name__ == "__main__":
    main()
