"""From a file's bytes to a Config, or to one ConfigError that lists everything wrong with it."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from vigilanza.config.assemble import assemble
from vigilanza.config.complaint import complaints
from vigilanza.config.crosscheck import crosscheck
from vigilanza.config.document import Document
from vigilanza.config.fields import Surroundings
from vigilanza.config.layers import Layers, Sheet
from vigilanza.config.problem import Problem
from vigilanza.config.settings import Config
from vigilanza.domain.errors import ConfigError

Shape = TypeVar("Shape", bound=BaseModel)


def load(
    path: Path,
    *,
    environ: Mapping[str, str],
    offline: bool = False,
    accepted: Path | None = None,
    raw: bytes | None = None,
) -> Config:
    """Read the YAML at `path`, with secrets from `environ` and files; with `accepted` that copy of it counts instead.

    `raw` is what was read at `path` already.

    ConfigError has one line per problem: FILE:LINE:COLUMN: place in the document: what is wrong.
    `offline` is for replaying recordings, and for who looks at the files of other machines: no secret and no file has
    to be there, and the Config has no credentials, no destinations and no database password.
    """
    sheets = layers(accepted or path, raw=raw)
    return replace(read_config(sheets, path, environ=environ, offline=offline), accepted=accepted)


def read_config(sheets: Layers, path: Path, *, environ: Mapping[str, str], offline: bool) -> Config:
    """What the sheets say, of which relative paths begin where `path` lies. See load."""
    around = Surroundings(folder=path.absolute().parent, environ=environ, offline=offline)
    document = checked(sheets, Document, around, partial(crosscheck, folder=around.folder))
    return assemble(document, path=path.absolute(), around=around)


def layers(path: Path, *, raw: bytes | None = None, defaults: Path | None = None) -> Layers:
    """The file, or what was read there already, over that of the defaults, if any. ConfigError."""
    return Layers((Sheet.read(path, raw), *(() if defaults is None else (Sheet.read(defaults),))))


def read_checked(
    path: Path, shape: type[Shape], around: Surroundings, crosscheck: Callable[[Any], Iterable[Problem]]
) -> Shape:
    """The YAML at `path` in its shape. ConfigError as above."""
    return checked(layers(path), shape, around, crosscheck)


def checked(
    sheets: Layers, shape: type[Shape], around: Surroundings, crosscheck: Callable[[Any], Iterable[Problem]]
) -> Shape:
    """What they say, in its shape. ConfigError as above."""
    value = sheets.value
    problems = [*crosscheck(value)]
    document: Shape | None = None
    try:
        # As JSON: strict, yet a list may be a point and a text may be a date.
        document = shape.model_validate_json(json.dumps(value), context=around)
    except ValidationError as error:
        problems += complaints(error, shape)
    report = sheets.report(problems)
    if report is not None or document is None:
        raise ConfigError(report or f"{sheets.sheets[0].path}: cannot be read")
    return document
