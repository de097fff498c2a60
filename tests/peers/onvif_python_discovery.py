"""WS-Discovery of the PyPI package onvif-python, in an environment of its own: prints what it found as JSON."""

import json

from onvif import ONVIFDiscovery


def main() -> None:
    found = ONVIFDiscovery(timeout=3).discover()
    print(json.dumps([{"xaddrs": one["xaddrs"], "epr": one["epr"], "scopes": one["scopes"]} for one in found]))


if __name__ == "__main__":
    main()
