"""Text that is meant to harm a page, and every field of the API that takes text."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import httpx

TAG = "<img src=//hostile.invalid/x onerror=alert(1)>\"'`<script>alert(2)</script>{count}"
TURNING = "\u202e\u2067"
"""From here on all that follows reads backwards, unless somebody ends it."""
LENGTHS = (280, 190, 100)
TOLD_APART = {"password", "code", "hash", "certificate", "tls_name", "from", "to", "until", "at"}
"""Secrets, and what is read as a time or a certificate: none of it is ever shown as it was written."""


def hostile(mark: str, longest: int = 300, *, turning: bool = True) -> str:
    """So long a text, with a mark by which it is known again, and no space in its long end."""
    text = f"{mark} {TAG}{TURNING if turning else ''}"
    assert len(text) <= longest, mark
    return text + "W" * (longest - len(text))


def text_fields(document: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Of the API's description: operation, name and greatest length of each field that takes free text."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for media in operation.get("requestBody", {}).get("content", {}).values():
                for name, longest in _texts(document, media["schema"]):
                    if name not in TOLD_APART:
                        yield f"{method.upper()} {path}", name, longest


def _texts(document: Mapping[str, Any], schema: Mapping[str, Any], name: str = "") -> Iterator[tuple[str, int]]:
    if reference := schema.get("$ref"):
        schema = document["components"]["schemas"][reference.rpartition("/")[2]]
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _texts(document, choice, name)
    if schema.get("type") == "string" and not {"enum", "format", "pattern", "const"} & schema.keys():
        yield name, schema.get("maxLength", 300)
    for inner, described in schema.get("properties", {}).items():
        yield from _texts(document, described, inner)
    if "items" in schema:
        yield from _texts(document, schema["items"], name)


class Scribbler:
    """Fills every such field; `accepted` maps the fields that took it to their marks, `refused` holds the others.

    `known`: for each operation with such a field the path to ask and what else the body needs.
    """

    def __init__(self, client: httpx.Client, document: Mapping[str, Any]) -> None:
        self._client = client
        self._fields: dict[str, list[tuple[str, int]]] = {}
        for operation, name, longest in text_fields(document):
            self._fields.setdefault(operation, []).append((name, longest))
        self.accepted: dict[str, str] = {}
        self.refused: set[str] = set()

    @property
    def untried(self) -> set[str]:
        """Fields that nobody has filled yet."""
        every = {f"{operation} {name}" for operation, fields in self._fields.items() for name, _ in fields}
        return every - self.accepted.keys() - self.refused

    def fill(self, operation: str, path: str, body: Mapping[str, Any], *, listed: bool = False, **without: str) -> None:
        """All fields of one operation at once; a field that takes none of it by itself, as `without` gives it.

        `listed`: each is a list of texts. AssertionError if it was refused all the same.
        """
        method, fields = operation.partition(" ")[0], self._fields[operation]
        marks = {name: f"F{len(self.accepted) + number}F" for number, (name, _) in enumerate(fields)}
        # Most fields refuse marks that turn the direction, and some are shorter than they say.
        for turning, most in product((True, False), LENGTHS):
            sent: dict[str, Any] = {}
            for name, longest in fields:
                text = without.get(name) or hostile(marks[name], min(longest, most), turning=turning)
                sent[name] = [text] if listed else text
            answer = self._client.request(method, path, json={**sent, **body})
            if answer.status_code != httpx.codes.UNPROCESSABLE_ENTITY:
                break
        assert answer.is_success, (operation, answer.text)
        for name, mark in marks.items():
            if name in without:
                self.refused.add(f"{operation} {name}")
            else:
                self.accepted[f"{operation} {name}"] = mark

    def is_refused(self, operation: str, path: str, body: Mapping[str, Any]) -> None:
        """All fields of one operation are taken by nobody. What is not at the top of the body is in it already."""
        method, fields = operation.partition(" ")[0], self._fields[operation]
        texts = (
            {} if TAG[:9] in str(body) else {name: hostile("F", min(longest, LENGTHS[0])) for name, longest in fields}
        )
        answer = self._client.request(method, path, json={**texts, **body})
        assert answer.is_client_error, (operation, answer.text)
        self.refused |= {f"{operation} {name}" for name, _ in fields}
