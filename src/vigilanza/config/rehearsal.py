"""The YAML of `vigilanza simulate --scene`: simulated cameras and what happens to them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from random import Random
from typing import Annotated, Any, TypeAlias, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from vigilanza.config.fields import ExistingFile, Identifier, SecretVariable, Surroundings, Text, surroundings
from vigilanza.config.loader import read_checked
from vigilanza.config.problem import Problem
from vigilanza.config.secret import from_environment
from vigilanza.lab.faults import Announcement, Answer, Faults
from vigilanza.lab.rehearsal import ONVIF_ONLY, FaultName, Happening, Rehearsal, SimulatedCamera

_TIME = re.compile(r"(\d+(?:\.\d+)?)(s|min|h)")
_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0}
_CHOICES: Mapping[str, tuple[str, ...]] = {"announce": get_args(Announcement), "answer": get_args(Answer)}
_SECONDS = {"clock_skew", "stamp_jump", "onvif_slow"}
_SWITCHES = {
    *(field.name for field in fields(Faults) if field.type is bool),
    *("cut", "unplug", "reboot", "password"),
    *(ONVIF_ONLY - _SECONDS - {"contact"}),
}
_SHARES = {"loss", "corrupt"}
_REBOOT_SECONDS = 20.0
COPIES_MAX = 64


def _span(value: str) -> str:
    ends = value.split("..")
    if len(ends) > 2 or not all(_TIME.fullmatch(end) for end in ends):
        raise ValueError('a time is "30s", "2min" or "1h", or "30s..2min" for one drawn from the seed')
    return value


def _length(value: str) -> str:
    if not _TIME.fullmatch(value):
        raise ValueError('a length of time is "30s", "2min" or "1h"')
    return value


def _stream_path(value: str) -> str:
    if not re.fullmatch(r"/[A-Za-z0-9._/-]+", value):
        raise ValueError("the path of a stream begins with / and has letters, digits, '.', '_', '-' and '/' only")
    return value


Span: TypeAlias = Annotated[str, AfterValidator(_span)]
Length: TypeAlias = Annotated[str, AfterValidator(_length)]
StreamPath: TypeAlias = Annotated[str, AfterValidator(_stream_path)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True, populate_by_name=True)


class CameraPart(_Part):
    """One camera, or `count` alike, called ID-1, ID-2, …"""

    id: Identifier
    streams: Annotated[dict[StreamPath, ExistingFile], Field(min_length=1)]
    count: Annotated[int, Field(ge=1, le=COPIES_MAX)] = 1
    offset: Length = "0s"
    user: Text | None = None
    password_env: SecretVariable | None = None
    onvif: bool = False

    @property
    def names(self) -> list[str]:
        """Of the cameras it stands for."""
        return [self.id] if self.count == 1 else [f"{self.id}-{number}" for number in range(1, self.count + 1)]


def _value(value: Any, info: ValidationInfo) -> Any:
    """Checks a fault's value against the fault."""
    fault = info.data.get("fault", "")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if fault in _CHOICES and value not in _CHOICES[fault]:
        raise ValueError(f"must be one of {', '.join(_CHOICES[fault])}")
    if fault in _SWITCHES and value is not None:
        raise ValueError(f"{fault} takes no value")
    if fault in _SHARES and not (number and 0 <= value <= 1):
        raise ValueError("must be a share from 0 to 1")
    if fault in _SECONDS and not number:
        raise ValueError("must be seconds, a number")
    if fault == "contact" and value is not None and not isinstance(value, str):
        raise ValueError("must be the name of an input, such as IN1")
    if fault == "show" and (not isinstance(value, str) or surroundings(info).lacks_file(value)):
        raise ValueError("no such file (relative paths start at the YAML's folder)")
    return value


def _cameras(value: Any) -> list[str] | None:
    """One id, a list of them, or None for all."""
    named = [value] if isinstance(value, str) else value
    if named is not None and not (isinstance(named, list) and named and all(isinstance(one, str) for one in named)):
        raise ValueError("must be a camera's id or a list of them")
    return named


class HappeningPart(_Part):
    """A fault: when, at which cameras (default: all), for how long (default: for good)."""

    at: Span
    camera: Annotated[Any, AfterValidator(_cameras)] = None
    fault: FaultName
    value: Annotated[Any, AfterValidator(_value), Field(validate_default=True)] = None
    lasts: Annotated[Length | None, Field(alias="for")] = None


class RehearsalPart(_Part):
    """A rehearsal. The first camera listens at `port`, each further one at the next; 0: any free ones. Those that speak
    ONVIF do so at `onvif_port` in the same way, and answer who searches at `discovery_port`, if there is one.
    """

    host: Text = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65000)] = 8554
    onvif_port: Annotated[int, Field(ge=0, le=65000)] = 9000
    discovery_port: Annotated[int | None, Field(ge=0, le=65535)] = None
    seed: int = 0
    cameras: Annotated[list[CameraPart], Field(min_length=1, max_length=64)]
    timeline: list[HappeningPart] = []  # pydantic copies defaults


def load_rehearsal(path: Path, *, environ: Mapping[str, str]) -> Rehearsal:
    """Read the YAML at `path`. ConfigError as for the configuration: one line per problem, with its place."""
    around = Surroundings(folder=path.absolute().parent, environ=environ)
    part = read_checked(path, RehearsalPart, around, _crosscheck)
    cameras: list[SimulatedCamera] = []
    for one in part.cameras:
        password = None if one.password_env is None else from_environment(one.password_env, environ).reveal()
        streams = {stream: around.folder / file for stream, file in one.streams.items()}
        for name in one.names:
            port, onvif = (first and first + len(cameras) for first in (part.port, part.onvif_port))
            offset, spoken = _seconds(one.offset), onvif if one.onvif else None
            cameras.append(SimulatedCamera(name, streams, port, offset, one.user, password, spoken))
    random = Random(part.seed)
    happenings = [_happening(one, part, random, around.folder) for one in part.timeline]
    happenings.sort(key=lambda one: one.at)
    return Rehearsal(part.host, cameras, happenings, part.seed, part.discovery_port)


def _happening(one: HappeningPart, part: RehearsalPart, random: Random, folder: Path) -> Happening:
    wanted = None if one.camera is None else set(one.camera)
    befallen = [each for each in part.cameras if each.onvif or one.fault not in ONVIF_ONLY]
    cameras = [name for each in befallen for name in each.names if wanted is None or {each.id, name} & wanted]
    value: bool | float | str | Path = True if one.value is None else one.value
    if one.fault == "show":
        value = folder / str(one.value)
    lasts = None if one.lasts is None else _seconds(one.lasts)
    if lasts is None and one.fault == "reboot":
        lasts = _REBOOT_SECONDS
    return Happening(_drawn(one.at, random), tuple(cameras), one.fault, value, lasts)


def _seconds(text: str) -> float:
    number, unit = _TIME.fullmatch(text).groups()  # type: ignore[union-attr] # checked by the schema
    return float(number) * _UNITS[unit]


def _drawn(span: str, random: Random) -> float:
    first, *last = [_seconds(end) for end in span.split("..")]
    return random.uniform(first, last[0]) if last else first


def _crosscheck(value: Any) -> Iterator[Problem]:
    """What concerns several places: names that clash, cameras that are not there, half a login, ONVIF."""
    cameras = value.get("cameras") if isinstance(value, dict) else None
    if not isinstance(cameras, list):
        return
    known: dict[str, bool] = {}
    for index, one in enumerate(cameras):
        if not isinstance(one, dict) or not isinstance(one.get("id"), str):
            continue
        count = one.get("count", 1)
        copies = range(1, count + 1) if isinstance(count, int) and 1 < count <= COPIES_MAX else ()
        names = {one["id"], *(f"{one['id']}-{number}" for number in copies)}
        if known.keys() & names:
            yield Problem(("cameras", index, "id"), f"there is another camera called {sorted(known.keys() & names)[0]}")
        known |= dict.fromkeys(names, one.get("onvif") is True)
        if ("user" in one) != ("password_env" in one):
            yield Problem(("cameras", index), "user and password_env belong together")
        elif one.get("onvif") is True and "user" not in one:
            yield Problem(("cameras", index, "onvif"), "who speaks ONVIF asks for a user: give user and password_env")
    timeline = value.get("timeline")
    for index, one in enumerate(timeline if isinstance(timeline, list) else []):
        if isinstance(one, dict):
            yield from _befalls(one, known, index)


def _befalls(happening: dict[str, Any], known: Mapping[str, bool], index: int) -> Iterator[Problem]:
    """`known`: whether a camera speaks ONVIF."""
    named, fault = happening.get("camera"), happening.get("fault")
    by_onvif = isinstance(fault, str) and fault in ONVIF_ONLY
    for name in named if isinstance(named, list) else [named]:
        if isinstance(name, str) and name not in known:
            yield Problem(("timeline", index, "camera"), f"there is no camera called {name}")
        elif isinstance(name, str) and by_onvif and not known[name]:
            yield Problem(("timeline", index, "camera"), f"{name} does not speak ONVIF: give it onvif: true")
    if named is None and by_onvif and not any(known.values()):
        yield Problem(("timeline", index, "fault"), "no camera speaks ONVIF: give one onvif: true")
