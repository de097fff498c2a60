"""ONVIF's own schemas, for judging our answers offline: the present ones, and those that a client of today was made by.

`PRESENT` lies in the tests (see NOTICE), with Media2. `SHIPPED` is what the package onvif-zeep-async carries.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree

from vigilanza.bridge.onvif_device.soap import NAMESPACES

HERE = Path(__file__).parent / "fixtures" / "schemas" / "onvif"
_XS = "http://www.w3.org/2001/XMLSchema"


@dataclass(frozen=True)
class Edition:
    """Files below a folder: WSDL and other schemas by prefix of NAMESPACES, and `types`, which together make tt."""

    folder: Path
    services: Mapping[str, str]
    others: Mapping[str, str]
    types: Sequence[str]

    def knows(self, operation: str) -> bool:
        """Whether it describes what `prefix:Name` is answered with."""
        prefix, _, name = operation.partition(":")
        return prefix in self.services and f'name="{name}Response"' in (self.folder / self.services[prefix]).read_text()

    def complaints(self, body: Any) -> list[str]:
        """What the schemas say against an element; [] if it is valid."""
        schema = _schema(self.folder)
        # Of its own, with the declarations of the envelope: xs:QName values need them.
        alone = etree.fromstring(etree.tostring(body))
        schema.validate(alone)
        return [f"{one.line}: {one.message}" for one in schema.error_log]


def _shipped() -> Path:
    spec = find_spec("onvif")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "wsdl"


PRESENT = Edition(
    folder=HERE,
    services={
        "tds": "ver10/device/wsdl/devicemgmt.wsdl",
        "trt": "ver10/media/wsdl/media.wsdl",
        "tr2": "ver20/media/wsdl/media.wsdl",
        "tev": "ver10/events/wsdl/event.wsdl",
        "tmd": "ver10/deviceio.wsdl",
        "tan": "ver20/analytics/wsdl/analytics.wsdl",
    },
    others={
        "wsnt": "schema/common/b-2.xsd",
        "s": "schema/common/soap-envelope",
        "wsa": "schema/common/ws-addr.xsd",
    },
    types=("ver10/schema/onvif.xsd", "ver10/schema/metadatastream.xsd"),
)
SHIPPED = Edition(
    folder=_shipped(),
    services={
        "tds": "devicemgmt.wsdl",
        "trt": "media.wsdl",
        "tev": "events.wsdl",
        "tmd": "deviceio.wsdl",
        "tan": "analytics.wsdl",
    },
    others={"wsnt": "b-2.xsd"},
    types=("onvif.xsd",),
)
EDITIONS = {"present": PRESENT, "shipped": SHIPPED}


@cache
def _schema(folder: Path) -> Any:
    edition = next(one for one in EDITIONS.values() if one.folder == folder)
    with TemporaryDirectory() as temporary:
        place = Path(temporary) / "wsdl"
        shutil.copytree(folder, place)
        _close(place)
        lines = "".join(_extract(edition, place))
        (place / "all.xsd").write_text(f'<xs:schema xmlns:xs="{_XS}">{lines}</xs:schema>', "utf-8")
        parser = etree.XMLParser(no_network=True)
        parser.resolvers.add(_Local(place))
        return etree.XMLSchema(etree.parse(place / "all.xsd", parser))


def _close(place: Path) -> None:
    """In the present edition elements may stand among any others, which XML Schema 1.0 can only do in part. Without
    that the schemas are as strict as they can be: what is not declared is refused.
    """
    for path in (*place.glob("ver*/**/*.xsd"), *place.glob("ver*/**/*.wsdl")):
        document = etree.parse(path)
        for group in document.iter(f"{{{_XS}}}sequence", f"{{{_XS}}}choice"):
            anything = group.findall(f"{{{_XS}}}any")
            if len(group.findall("*")) > len(anything):
                for one in anything:
                    group.remove(one)
        document.write(path)


def _extract(edition: Edition, place: Path) -> Iterator[str]:
    """The schema inside each WSDL file becomes a file of its own beside it."""
    # First: libxml2 takes a namespace from where it is imported first, and from nowhere else.
    parts = "".join(f'<xs:include schemaLocation="{name}"/>' for name in edition.types)
    (place / "tt.xsd").write_text(
        f'<xs:schema xmlns:xs="{_XS}" targetNamespace="{NAMESPACES["tt"]}">{parts}</xs:schema>', "utf-8"
    )
    yield f'<xs:import namespace="{NAMESPACES["tt"]}" schemaLocation="tt.xsd"/>'
    for prefix, name in edition.services.items():
        inside = etree.parse(place / name).find(f".//{{{_XS}}}schema")
        own = (place / name).with_suffix(".types.xsd")
        own.write_bytes(etree.tostring(inside))
        yield f'<xs:import namespace="{NAMESPACES[prefix]}" schemaLocation="{own.relative_to(place)}"/>'
    for prefix, name in edition.others.items():
        yield f'<xs:import namespace="{NAMESPACES[prefix]}" schemaLocation="{name}"/>'


class _Local(etree.Resolver):  # type: ignore[misc]  # lxml has no types
    """Whatever a schema wants from elsewhere is taken from the folder, by its file name."""

    def __init__(self, place: Path) -> None:
        super().__init__()
        self._files = {path.name: path for path in place.rglob("*") if path.is_file()}

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:
        if "://" not in system_url or system_url.startswith("file:"):
            return None
        return self.resolve_filename(str(self._files[system_url.rpartition("/")[2]]), context)
