"""Files and functions stay small enough to be read in one go."""

import ast
from statistics import median

from tests.house.tree import python_files, shown

LONGEST_FILE = 250
LONGEST_FUNCTION = 40


def test_no_file_is_longer_than_250_lines() -> None:
    lengths = {shown(path): len(path.read_text("utf-8").splitlines()) for path in python_files("src", "tests")}
    assert not {name: length for name, length in lengths.items() if length > LONGEST_FILE}


def test_half_of_the_source_files_are_shorter_than_150_lines() -> None:
    assert median(len(path.read_text("utf-8").splitlines()) for path in python_files("src")) < 150


def test_no_function_is_longer_than_40_lines_besides_its_docstring() -> None:
    long = {}
    for path in python_files("src"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                length = node.end_lineno - node.lineno + 1 - len((ast.get_docstring(node) or "").splitlines())
                if length > LONGEST_FUNCTION:
                    long[f"{shown(path)}:{node.lineno} {node.name}"] = length
    assert not long
