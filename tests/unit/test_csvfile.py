"""Tables for spreadsheets."""

import csv
import io

import pytest

from vigilanza.web.csvfile import csv_bytes


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_every_beginning_of_a_formula_is_made_inert(start: str) -> None:
    assert read(csv_bytes(["a"], [[f"{start}1"]])) == [["a"], [f"'{start}1"]]


def test_all_else_comes_back_as_it_was() -> None:
    rows = [['a "b", c', "perché", "1-2\r\n3", ""]]
    assert read(csv_bytes(["w", "x", "y", "z"], rows)) == [["w", "x", "y", "z"], *rows]
