"""YAML as plain values, with the line and column of every key: strict about what YAML lets pass."""

from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from vigilanza.config.problem import Place, Problem

LONGEST_BYTES = 1_000_000
DEEPEST = 20
LARGEST = 2**53
LONGEST_NUMBER = 100
"""Letters; YAML also counts in sixties (1:30:00), for which a long one would take minutes."""
_PLAIN = {f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null")}
# A date is kept as the text it was written as.
_TEXT = {"tag:yaml.org,2002:str", "tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value", "tag:yaml.org,2002:merge"}


class Malformed(Exception):
    """Not YAML, or YAML of a kind not used here. Line and column count from 1."""

    def __init__(self, what: str, line: int, column: int) -> None:
        super().__init__(what)
        self.line = line
        self.column = column


@dataclass(slots=True)
class Markup:
    """The document's value, where each place of it was written (line, column, from 1), and doubled keys."""

    value: Any = None
    marks: dict[Place, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def mark(self, place: Place) -> tuple[int, int]:
        """Where `place` was written, or the nearest thing around it that was."""
        while place and place not in self.marks:
            place = place[:-1]
        return self.marks.get(place, (1, 1))


class _Loader(yaml.SafeLoader):
    """SafeLoader without aliases (they make small files huge) and without bottomless nesting."""

    depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # types-PyYAML leaves it bare
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Malformed("anchors (&) and aliases (*) are not used here: write the value out", line, column)
        if self.depth >= DEEPEST:
            raise Malformed(f"nested deeper than {DEEPEST} levels", line, column)
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def read(raw: bytes) -> Markup:
    """Parse one document; Malformed if that is impossible. Doubled keys and odd tags are listed as problems."""
    if len(raw) > LONGEST_BYTES:
        raise Malformed(f"larger than {LONGEST_BYTES} bytes", 1, 1)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        column = error.start - (before.rfind(b"\n") + 1) + 1
        raise Malformed(f"not UTF-8 text (byte {error.start})", before.count(b"\n") + 1, column) from error
    loader, node = _composed(text)
    markup = Markup()
    markup.value = None if node is None else _Reader(loader, markup).value(node, ())
    return markup


def _composed(text: str) -> tuple["_Loader", Node | None]:
    try:
        loader = _Loader(text)
    except yaml.YAMLError as error:
        raise Malformed("contains a character that YAML does not allow", 1, 1) from error
    try:
        return loader, loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark or error.context_mark
        what = ", ".join(part for part in (error.context, error.problem) if part) or "not YAML"
        raise Malformed(what, at.line + 1 if at else 1, at.column + 1 if at else 1) from error
    except (ValueError, OverflowError) as error:
        raise Malformed(r"\U and eight digits that are no character", loader.line + 1, loader.column + 1) from error


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns nodes into values, noting marks and problems in `markup`."""

    loader: _Loader
    markup: Markup

    def value(self, node: Node, place: Place) -> Any:
        self.markup.marks.setdefault(place, (node.start_mark.line + 1, node.start_mark.column + 1))
        if isinstance(node, MappingNode):
            return self._mapping(node, place)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*place, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, place)

    def _mapping(self, node: MappingNode, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._text(str(key_node.value), place) if isinstance(key_node, ScalarNode) else "?"
            here = (*place, key)
            if key in found:
                line, _ = self.markup.mark(here)
                # Mark the second one: the reader finds the first by its line.
                self.markup.marks[here] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
                self.markup.problems.append(Problem(here, f'key "{key}" is given twice, first in line {line}'))
                continue
            self.markup.marks[here] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            found[key] = self.value(value_node, here)
        return found

    def _scalar(self, node: Node, place: Place) -> Any:
        if node.tag in _TEXT:
            return self._text(node.value, place)
        if node.tag not in _PLAIN:
            self.markup.problems.append(Problem(place, f"the YAML tag {node.tag} is not used here"))
            return None
        if len(node.value) > LONGEST_NUMBER:
            self.markup.problems.append(Problem(place, "the number is too large"))
            return None
        try:
            value = self.loader.construct_object(node)
        except (ValueError, LookupError, OverflowError):  # as of !!int "" and !!bool maybe
            value = None
            self.markup.problems.append(Problem(place, "not a number, nor true or false"))
        if isinstance(value, int) and abs(value) > LARGEST:
            self.markup.problems.append(Problem(place, "the number is too large"))
            return None
        return value

    def _text(self, text: str, place: Place) -> str:
        """Half a character, which an escape such as \\ud800 gives, can neither be printed nor stored."""
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            self.markup.problems.append(Problem(place, r"\u with half a character: write the character itself"))
            return "?"
        return text
