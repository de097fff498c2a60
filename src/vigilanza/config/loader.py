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
from vigilanza.config.markup import LONGEST_BYTES, Malformed, Markup, read
from vigilanza.config.problem import Problem, dotted
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
    `offline` is for replaying recordings: no secret and no file has to be there, and the Config has no credentials,
    no destinations and no database password.
    """
    around = Surroundings(folder=path.absolute().parent, environ=environ, offline=offline)
    look = partial(crosscheck, folder=around.folder)
    document = read_checked(accepted or path, Document, around, crosscheck=look, raw=raw)
    return replace(assemble(document, path=path.absolute(), around=around), accepted=accepted)


def read_checked(
    path: Path,
    shape: type[Shape],
    around: Surroundings,
    crosscheck: Callable[[Any], Iterable[Problem]],
    raw: bytes | None = None,
) -> Shape:
    """The YAML at `path`, or what was read there already, in its shape.

    ConfigError has one line per problem: FILE:LINE:COLUMN: place: what is wrong.
    """
    try:
        markup = read(_bytes(path) if raw is None else raw)
    except Malformed as error:
        raise ConfigError(f"{path}:{error.line}:{error.column}: {error}") from error
    problems = [*markup.problems, *crosscheck(markup.value)]
    document: Shape | None = None
    try:
        # As JSON: strict, yet a list may be a point and a text may be a date.
        document = shape.model_validate_json(json.dumps(markup.value), context=around)
    except ValidationError as error:
        problems += complaints(error, shape)
    if problems or document is None:
        raise ConfigError(_report(path, markup, problems))
    return document


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(LONGEST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error


def _report(path: Path, markup: Markup, problems: Iterable[Problem]) -> str:
    lines = {(*markup.mark(problem.place), f"{dotted(problem.place)}: {problem.what}") for problem in problems}
    return "\n".join(f"{path}:{line}:{column}: {text}" for line, column, text in sorted(lines))
