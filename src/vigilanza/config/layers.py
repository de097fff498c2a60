"""A file of YAML laid over another one: what a site says for itself, over what is the same at all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import yaml

from vigilanza.config.markup import LONGEST_BYTES, Malformed, Markup, read
from vigilanza.config.problem import Place, Problem, dotted
from vigilanza.domain.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file."""

    path: Path
    raw: bytes
    markup: Markup

    @staticmethod
    def read(path: Path, raw: bytes | None = None) -> "Sheet":
        """`raw` is what was read there already. ConfigError names the place."""
        written = _bytes(path) if raw is None else raw
        try:
            return Sheet(path, written, read(written))
        except Malformed as error:
            raise ConfigError(f"{path}:{error.line}:{error.column}: {error}") from error

    def depth(self, place: Place) -> int:
        """How much of it was written here; all of it, where what stands here takes the place of what is below."""
        value = self.markup.value
        for depth, key in enumerate(place):
            if not isinstance(value, dict):
                break
            if key not in value:
                return depth
            value = value[key]
        return len(place)

    def tell(self, problem: Problem) -> tuple[str, int, int, str]:
        """File, line, column and what is wrong."""
        return str(self.path), *self.markup.mark(problem.place), f"{dotted(problem.place)}: {problem.what}"


@dataclass(frozen=True, slots=True)
class Layers:
    """The uppermost sheet first."""

    sheets: tuple[Sheet, ...]

    @property
    def value(self) -> Any:
        """Mappings are laid over each other key by key; a list, or any other value, takes the place of that below."""
        first, *others = (sheet.markup.value for sheet in reversed(self.sheets))
        return reduce(_laid, others, first)

    def report(self, problems: Iterable[Problem]) -> str | None:
        """A line for each of them, and for what is wrong with a sheet in itself; None if nothing is."""
        own = {sheet.tell(problem) for sheet in self.sheets for problem in sheet.markup.problems}
        told = {self._whose(problem.place).tell(problem) for problem in problems}
        lines = sorted(own | told)
        return "\n".join(f"{path}:{line}:{column}: {text}" for path, line, column, text in lines) or None

    def _whose(self, place: Place) -> Sheet:
        return max(self.sheets, key=lambda sheet: sheet.depth(place))

    def written(self) -> bytes:
        """As one file that says the same. ConfigError if it cannot be said in one."""
        if len(self.sheets) == 1:
            return self.sheets[0].raw
        value, names = self.value, " and ".join(sheet.path.name for sheet in reversed(self.sheets))
        text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120)
        raw = f"# Made of {names}: what is changed here is lost when it is made anew.\n{text}".encode()
        try:
            same = read(raw).value == value
        except Malformed:
            same = False
        if not same:
            raise ConfigError(f"{self.sheets[0].path}: cannot be laid over another file: write it as a whole")
        return raw


def _laid(under: Any, over: Any) -> Any:
    if not (isinstance(under, dict) and isinstance(over, dict)):
        return over
    return under | {key: _laid(under.get(key), value) for key, value in over.items()}


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(LONGEST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
