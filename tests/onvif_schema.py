"""The schemas of ONVIF's WSDL files, as the package onvif-zeep-async ships them: for judging our answers offline."""

import shutil
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree

from vigilanza.bridge.onvif_device.soap import NAMESPACES

WSDL = {"tds": "devicemgmt", "trt": "media", "tev": "events", "tmd": "deviceio", "tan": "analytics"}
"""Media2 (tr2) is not among them."""
_XS = "http://www.w3.org/2001/XMLSchema"


def complaints(body: Any) -> list[str]:
    """What the schemas say against the first element of a SOAP body; [] if it is valid."""
    schema = _schema()
    # Of its own, with the declarations of the envelope: xs:QName values need them.
    alone = etree.fromstring(etree.tostring(body))
    schema.validate(alone)
    return [f"{one.line}: {one.message}" for one in schema.error_log]


@cache
def _schema() -> Any:
    spec = find_spec("onvif")
    assert spec is not None
    assert spec.origin is not None
    with TemporaryDirectory() as folder:
        place = Path(folder) / "wsdl"
        shutil.copytree(Path(spec.origin).parent / "wsdl", place)
        lines = "".join(_extract(place))
        (place / "all.xsd").write_text(f'<xs:schema xmlns:xs="{_XS}">{lines}</xs:schema>', "utf-8")
        parser = etree.XMLParser(no_network=True)
        parser.resolvers.add(_Local(place))
        return etree.XMLSchema(etree.parse(place / "all.xsd", parser))


def _extract(place: Path) -> Iterator[str]:
    """The schema inside each WSDL file becomes a file of its own."""
    for prefix, name in WSDL.items():
        inside = etree.parse(place / f"{name}.wsdl").find(f".//{{{_XS}}}schema")
        (place / f"{name}-types.xsd").write_bytes(etree.tostring(inside))
        yield f'<xs:import namespace="{NAMESPACES[prefix]}" schemaLocation="{name}-types.xsd"/>'
    yield f'<xs:import namespace="{NAMESPACES["wsnt"]}" schemaLocation="b-2.xsd"/>'


class _Local(etree.Resolver):  # type: ignore[misc]  # lxml has no types
    """Whatever a schema wants from elsewhere is taken from the folder, by its file name."""

    def __init__(self, place: Path) -> None:
        super().__init__()
        self._place = place

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:
        if "://" not in system_url or system_url.startswith("file:"):
            return None
        return self.resolve_filename(str(self._place / system_url.rpartition("/")[2]), context)
