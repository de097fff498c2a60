"""What holds a secret does not show it when it is printed, which is how secrets get into logs."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.tree import ROOT, python_files, shown

SECRET = {"password", "passwords", "secret", "secrets", "client_secret", "bearer", "verifier"}
PLAIN = {"str", "bytes", "Password"}


def shown_secrets(source: str) -> Iterator[str]:
    """CLASS.FIELD of every field that holds a secret as plain text and would be part of a repr."""
    for made in ast.walk(ast.parse(source)):
        if not isinstance(made, ast.ClassDef):
            continue
        for field in made.body:
            if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
                continue
            types = {node.id for node in ast.walk(field.annotation) if isinstance(node, ast.Name)}
            hidden = "repr=False" in ast.unparse(field)
            if field.target.id in SECRET and types & PLAIN and not hidden:
                yield f"{made.name}.{field.target.id}"


@pytest.mark.parametrize("declared", ["password: str", "secret: bytes | None = None", "verifier: str = field()"])
def test_this_test_sees_a_secret_that_would_be_shown(declared: str) -> None:
    assert list(shown_secrets(f"class Made:\n    {declared}\n")) == [f"Made.{declared.partition(':')[0]}"]


def test_no_secret_is_part_of_a_repr() -> None:
    ours = [path for path in python_files("src") if "lab" not in path.relative_to(ROOT).parts]
    assert not [f"{shown(path)}: {name}" for path in ours for name in shown_secrets(path.read_text("utf-8"))]
