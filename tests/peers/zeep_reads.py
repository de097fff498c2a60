"""zeep reads an answer, strictly and by the WSDL that onvif-zeep-async ships: FILE WSDL BINDING OPERATION."""

import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from zeep import Client, Settings


def main() -> None:
    file, wsdl, binding, operation = sys.argv[1:]
    found = find_spec("onvif")
    assert found is not None
    assert found.origin is not None
    client: Any = Client(  # type: ignore[no-untyped-call]  # zeep types only a part of it
        str(Path(found.origin).parent / "wsdl" / wsdl), settings=Settings(strict=True)
    )
    [about] = [one for name, one in client.wsdl.bindings.items() if name.endswith(f"}}{binding}")]
    answer = SimpleNamespace(status_code=200, content=Path(file).read_bytes(), headers={}, encoding="utf-8")
    print(about.process_reply(client, about.get(operation), answer))


if __name__ == "__main__":
    main()
