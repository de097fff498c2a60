"""An alarm receiving centre, by SIA DC-09."""

import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo

from vigilanza.config.channels.destination import DestinationPart
from vigilanza.config.channels.hostport import HostPort, split_host_port
from vigilanza.config.fields import Identifier, SecretVariable, Surroundings, is_loopback, surroundings
from vigilanza.config.problem import Place, Problem
from vigilanza.config.secret import from_environment

_KEY_BYTES = (16, 24, 32)


@dataclass(frozen=True, slots=True)
class Key:
    """An AES key that does not show itself."""

    raw: bytes

    def __repr__(self) -> str:
        return "Key(hidden)"


@dataclass(frozen=True, slots=True)
class Dc09Link:
    """`receivers` as host and port, first the one that is asked first; `key` None for clear frames."""

    receivers: tuple[tuple[str, int], ...]
    transport: Literal["tcp", "udp"]
    format: Literal["sia", "contact_id"]
    account: str
    receiver_number: str
    account_prefix: str
    area: int
    camera_zones: Mapping[str, int]
    extended_data: Literal["time_and_place", "time", "none"]
    key: Key | None
    allow_loopback: bool


def _key_bytes(text: str, form: str) -> bytes:
    wanted = "32, 48 or 64 hexadecimal digits" if form == "hex" else "16, 24 or 32 ASCII characters"
    try:
        raw = binascii.unhexlify(text) if form == "hex" else text.encode("ascii")
    except ValueError:
        raw = b""
    if len(raw) not in _KEY_BYTES:
        raise ValueError(f"a key is {wanted} (see key_format)")
    return raw


def _key(name: str, info: ValidationInfo) -> str:
    around, form = surroundings(info), info.data.get("key_format")
    if around.offline or form is None:
        return name
    try:
        _key_bytes(from_environment(name, around.environ).reveal(), form)
    except ValueError as error:
        raise ValueError(f"the value of the environment variable {name} is wrong: {error}") from None
    return name


class Dc09Part(DestinationPart):
    """An alarm receiving centre with one or two receivers."""

    channel: Annotated[Literal["dc09"], Field(description="SIA DC-09.")]
    receivers: Annotated[
        list[HostPort], Field(min_length=1, max_length=2, description="HOST:PORT; the second is asked after the first.")
    ]
    account: Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{3,16}$", description="Account that the centre gave the site.")]
    format: Annotated[
        Literal["sia", "contact_id"], Field(description="sia: SIA-DCS with texts; contact_id: ADM-CID, numbers only.")
    ] = "sia"
    transport: Annotated[Literal["tcp", "udp"], Field(description="How frames travel.")] = "tcp"
    receiver_number: Annotated[
        str, Field(pattern=r"^[0-9A-Fa-f]{1,6}$", description="Number of the receiver (R in the frame).")
    ] = "1"
    account_prefix: Annotated[
        str, Field(pattern=r"^[0-9A-Fa-f]{1,6}$", description="Prefix of the account (L in the frame).")
    ] = "0"
    area: Annotated[int, Field(ge=1, le=99, description="Number of the site's area (partition).")] = 1
    camera_zones: Annotated[
        dict[Identifier, Annotated[int, Field(ge=1, le=999)]],
        Field(description="Zone of what happens to a camera, by its id; 0 is told for the others."),
    ] = Field(default_factory=dict)
    extended_data: Annotated[
        Literal["time_and_place", "time", "none"],
        Field(description="What goes along with each code, for receivers that take it."),
    ] = "time_and_place"
    key_format: Annotated[Literal["hex", "ascii"], Field(description="How the key is written.")] = "hex"
    key_env: (
        Annotated[
            SecretVariable,
            AfterValidator(_key),
            Field(description="Variable with the AES key; default: not encrypted."),
        ]
        | None
    ) = None
    allow_loopback: Annotated[bool, Field(description="Let receivers be on this machine (demo, tests).")] = False

    def link(self, around: Surroundings) -> Dc09Link:
        key = None
        if self.key_env is not None:
            key = Key(_key_bytes(from_environment(self.key_env, around.environ).reveal(), self.key_format))
        return Dc09Link(
            receivers=tuple(split_host_port(one) for one in self.receivers),
            transport=self.transport,
            format=self.format,
            account=self.account.upper(),
            receiver_number=self.receiver_number.upper(),
            account_prefix=self.account_prefix.upper(),
            area=self.area,
            camera_zones=dict(self.camera_zones),
            extended_data=self.extended_data,
            key=key,
            allow_loopback=self.allow_loopback,
        )

    @classmethod
    def crosscheck(cls, raw: dict[str, Any], place: Place) -> Iterator[Problem]:
        yield from super().crosscheck(raw, place)
        if raw.get("allow_loopback") is True or not isinstance(raw.get("receivers"), list):
            return
        for index, one in enumerate(raw["receivers"]):
            try:
                host, _ = split_host_port(str(one))
            except ValueError:
                continue  # told by the key's own check
            if is_loopback(host):
                where = (*place, "receivers", index)
                yield Problem(where, "points to this machine: for demo and tests only, with allow_loopback: true")

    @classmethod
    def crosscheck_site(cls, raw: dict[str, Any], document: dict[str, Any], place: Place) -> Iterator[Problem]:
        """A centre knows doors by number: each sealed one needs its own."""
        zones = {str(unit.get("id")): unit.get("zone") for unit in _mappings(document.get("units"))}
        cameras = list(_mappings(document.get("cameras")))
        sealed = [
            str(door.get("id"))
            for camera in cameras
            for door in _mappings(camera.get("doors"))
            if door.get("role") == "sealed"
        ]
        for door in dict.fromkeys(sealed):
            if zones.get(door) is None:
                yield Problem((*place, "channel"), f'alarm centres need numbers: give "{door}" a zone under units')
        yield from _camera_zones(raw.get("camera_zones"), {str(one.get("id")) for one in cameras}, zones, place)


def _camera_zones(given: Any, cameras: set[str], zones: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    if not isinstance(given, dict):
        return
    taken = {number: f'of unit "{unit}"' for unit, number in zones.items() if number is not None}
    for camera, number in given.items():
        where = (*place, "camera_zones", str(camera))
        if str(camera) not in cameras:
            yield Problem(where, f'there is no camera called "{camera}"')
        if isinstance(number, int) and number in taken:
            yield Problem(where, f"{number} is already the zone {taken[number]}")
        elif isinstance(number, int):
            taken[number] = f'of camera "{camera}"'


def _mappings(items: Any) -> Iterator[dict[str, Any]]:
    if isinstance(items, list):
        yield from (item for item in items if isinstance(item, dict))
