"""A YAML text in which a few values change: every other line stays as it is, byte for byte."""

import io
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from vigilanza.config.markup import Malformed, read
from vigilanza.domain.errors import ConfigError

_INDENTS = ((4, 2), (2, 0), (3, 1), (6, 4))
"""Of lists, as people write them: where an item's keys stand, and its hyphen."""
_BY_HAND = "change it by hand: its layout cannot be kept otherwise"


def value_of(text: str, what: str) -> Any:
    """The document's value. ConfigError, which names `what` was to be changed, if it is no YAML."""
    try:
        return read(text.encode()).value
    except Malformed as error:
        raise ConfigError(f"{what}: {_BY_HAND}") from error


def patch(text: str, wanted: Any, alter: Callable[[CommentedMap], None], what: str) -> str:
    """The text whose value is `wanted`, which `alter` makes of the document in place.

    Comments stay, but for those that end a line which goes; a last line that does not end gets an end. ConfigError,
    which names `what`, if that cannot be done.
    """
    text = text if text.endswith("\n") else f"{text}\n"
    try:
        for new in _patched(text, alter):
            if _value(new) == wanted and _remarks(new) == _remarks(text):
                return new
    except YAMLError as error:
        raise ConfigError(f"{what}: {_BY_HAND}") from error
    raise ConfigError(f"{what}: {_BY_HAND}")


def _value(text: str) -> Any:
    """None if lists that are indented otherwise have made it no YAML."""
    try:
        return read(text.encode()).value
    except Malformed:
        return None


def _patched(text: str, alter: Callable[[CommentedMap], None]) -> Iterator[str]:
    """What changes between two round trips is changed in the text; what round trips themselves change is not.

    For each way to indent, the one first that comes nearest to the text.
    """
    source = text.splitlines(keepends=True)
    tried = []
    for sequence, offset in _INDENTS:
        yaml = YAML()
        yaml.preserve_quotes, yaml.width = True, 1_000_000
        yaml.indent(mapping=2, sequence=sequence, offset=offset)
        document = yaml.load(text)
        plain = _dumped(yaml, document)
        if len(plain) == len(source):
            alter(document)
            strange = sum(ours != theirs for ours, theirs in zip(source, plain, strict=True))
            tried.append((strange, plain, _dumped(yaml, document)))
    for _, plain, drawn in sorted(tried, key=lambda one: one[0]):
        yield "".join(_merged(source, plain, drawn))


def _dumped(yaml: YAML, document: Any) -> list[str]:
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue().splitlines(keepends=True)


def _merged(source: Sequence[str], plain: Sequence[str], drawn: Sequence[str]) -> list[str]:
    """The source, changed as `plain` has to be to become `drawn`. No line that is a comment, or empty, goes."""
    merged: list[str] = []
    for what, begin, end, first, last in SequenceMatcher(None, plain, drawn, autojunk=False).get_opcodes():
        if what == "equal":
            merged += source[begin:end]
            continue
        there = {line.strip() for line in drawn[first:last]}
        kept = [line for line in source[begin:end] if _is_bare(line) and line.strip() not in there]
        at = len(merged) - (_trailing(merged, drawn[first]) if what == "insert" else 0)
        merged[at:at] = [*drawn[first:last], *kept]
    return merged


def _trailing(lines: Sequence[str], new: str) -> int:
    """How many lines before the new one belong to what comes after it: empty ones, and comments further left."""
    count = 0
    for line in reversed(lines):
        if not _is_bare(line) or (line.strip() and _indent(line) >= _indent(new)):
            break
        count += 1
    return count


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_bare(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _remarks(text: str) -> list[str]:
    return sorted(_bare_lines(text))


def _bare_lines(text: str) -> Iterator[str]:
    return (line for line in text.splitlines() if line.lstrip().startswith("#"))
