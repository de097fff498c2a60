"""Rules of the code that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import ROOT, python_files, shown

VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "base"}
TIME_READERS = {"now", "utcnow", "today"}
FEW = 12
"""Loops that must not die: they log everything unforeseen and go on."""
FACE_PARTS = {"FaceDetectorYN", "FaceRecognizerSF", "CascadeClassifier", "face"}


def nodes(path: Path) -> Iterator[ast.AST]:
    yield from ast.walk(ast.parse(path.read_text("utf-8")))


def test_modules_are_named_for_what_they_hold() -> None:
    assert not [shown(path) for path in python_files("src") if path.stem in VAGUE or path.parent.name in VAGUE]


def test_only_the_clock_reads_time() -> None:
    found = []
    for path in python_files("src"):
        if path == ROOT / "src" / "vigilanza" / "clock.py":
            continue
        for node in nodes(path):
            imports_time = (isinstance(node, ast.Import) and any(alias.name == "time" for alias in node.names)) or (
                isinstance(node, ast.ImportFrom) and node.module == "time"
            )
            reads_time = (
                isinstance(node, ast.Attribute)
                and node.attr in TIME_READERS
                and isinstance(node.value, ast.Name | ast.Attribute)
                and ast.unparse(node.value) in {"datetime", "date", "datetime.datetime", "datetime.date"}
            )
            if imports_time or reads_time:
                found.append(f"{shown(path)}:{getattr(node, 'lineno', 0)}")
    assert not found


def test_broad_excepts_are_few_and_always_logged_or_raised_again() -> None:
    silent, broad = [], []
    for path in python_files("src"):
        for node in nodes(path):
            if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not _raises_again(node):
                broad.append(f"{shown(path)}:{node.lineno}")
                if not re.search(r"\blog\.(warning|error|exception|critical)\(|exc_info=", ast.unparse(node)):
                    silent.append(broad[-1])
    assert not silent
    assert len(broad) <= FEW, broad


def test_nothing_recognises_faces() -> None:
    found = []
    for path in python_files("src"):
        for node in nodes(path):
            if isinstance(node, ast.Attribute) and node.attr in FACE_PARTS and ast.unparse(node.value) == "cv2":
                found.append(f"{shown(path)}:{node.lineno}")
    assert not found


def _is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(name is None or ast.unparse(name) in {"Exception", "BaseException"} for name in names)


def _raises_again(handler: ast.ExceptHandler) -> bool:
    return isinstance(handler.body[-1], ast.Raise)
