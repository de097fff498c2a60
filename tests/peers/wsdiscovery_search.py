"""The PyPI package WSDiscovery, in an environment of its own: searches by type and SCOPE, prints finds as JSON."""

import json
import sys

from wsdiscovery import QName, Scope
from wsdiscovery.discovery import ThreadedWSDiscovery


def main() -> None:
    searcher = ThreadedWSDiscovery()
    searcher.start()
    types = [QName("http://www.onvif.org/ver10/network/wsdl", "NetworkVideoTransmitter")]
    found = searcher.searchServices(types=types, scopes=[Scope(sys.argv[1])], timeout=3)
    told = [
        {
            "xaddrs": one.getXAddrs(),
            "epr": one.getEPR(),
            "scopes": [scope.getValue() for scope in one.getScopes()],
            "types": sorted(kind.getLocalname() for kind in one.getTypes()),
        }
        for one in found
    ]
    searcher.stop()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
