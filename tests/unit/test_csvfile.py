"""Tables for spreadsheets."""

import csv
import io

import pytest

from vigilanza.web.csvfile import csv_bytes


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_every_beginning_of_a_formula_is_made_inert(start: str) -> None:
    assert read(csv_bytes(["a"], [[f"{start}1"]])) == [["a"], [f"'{start}1"]]


def test_all_else_comes_back_as_it_was() -> None:
    rows = [['a "b", c', "perché", "1-2\r\n3", "a; b = c", ""]]
    assert read(csv_bytes(["v", "w", "x", "y", "z"], rows)) == [["v", "w", "x", "y", "z"], *rows]


@pytest.mark.parametrize("before", ["boiler;", "boiler;;", "two\r\n", "two\n", "a\t", 'a";', 'a;"', "\t"])
@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(1)", "＝1"])
def test_none_begins_where_semicolons_part_the_cells(before: str, formula: str) -> None:
    written = csv_bytes(["who", "why"], [["Edil", before + formula]]).decode("utf-8-sig")
    read_in_italy = csv.reader(io.StringIO(written, newline=""), delimiter=";")
    for cell in (cell for row in (*read_in_italy, *read(written.encode())) for cell in row):
        assert not cell.startswith(tuple("=+-@＝")), cell
