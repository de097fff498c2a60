"""A police destination as a program of its own: `python -m tests.police FOLDER PORT` writes FOLDER/ca.pem, says
"ready", then a line per alert at its first arrival.
"""

import json
import signal
import sys
from pathlib import Path

from tests.webhook import SECRET
from vigilanza.clock import SystemClock
from vigilanza.lab.city import ReceivedAlert, StubCity


def tell(alert: ReceivedAlert) -> None:
    event = alert.event
    told = {"at": SystemClock().now(), "incident": event["subject"], "sequence": int(event["sequence"])}
    print(json.dumps(told), flush=True)


def main(folder: str, port: str) -> None:
    with StubCity(directory=Path(folder), secret=SECRET, port=int(port), on_alert=tell):
        print("ready", flush=True)
        signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
