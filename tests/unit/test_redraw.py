"""Doors and masks go into the file's text, and nothing else in it changes by a byte."""

import json
from difflib import unified_diff
from textwrap import indent

import pytest

from tests.house.tree import ROOT
from vigilanza.config.markup import read
from vigilanza.config.redraw import redraw
from vigilanza.domain.door import Role
from vigilanza.domain.errors import ConfigError
from vigilanza.domain.layout import DrawnDoor, Layout

EXAMPLE = (ROOT / "config" / "cameras.yaml").read_text("utf-8")
FLAT = DrawnDoor(
    "0423.B.03.12",
    Role.SEALED,
    ((0.42, 0.22), (0.56, 0.22), (0.56, 0.71), (0.42, 0.71)),
    ((0.40, 0.71), (0.58, 0.71), (0.62, 0.86), (0.36, 0.86)),
)
OTHER = DrawnDoor(
    "0423.B.03.13",
    Role.NEIGHBOUR,
    ((0.72, 0.20), (0.88, 0.18), (0.88, 0.80), (0.72, 0.74)),
    ((0.70, 0.74), (0.88, 0.80), (0.86, 0.95), (0.62, 0.88)),
)
PEEPHOLE = ((0.76, 0.30), (0.80, 0.30), (0.80, 0.36), (0.76, 0.36))
NEW = DrawnDoor("0012", Role.SEALED, ((0.1, 0.123456), (0.2, 0.2), (0.2, 0.9)))
PLAIN = """\
site: {id: "0423",   name: via Esempio 4}   # odd   spaces
cameras:
- id: landing
  source: rtsp://127.0.0.1:8554/main   # here
# about the next one

- id: two
  source: rtsp://127.0.0.1:8554/main
  doors:
  - id: x
    role: sealed
    leaf:
    - - 0.1
      - 0.1
    - [0.3, 0.1]
    - [0.4, 0.4]

# the flats
units:   []
"""
_CAMERAS = PLAIN[PLAIN.index("- id") : PLAIN.index("# the flats")]
SHIFTED = PLAIN.replace(_CAMERAS, indent(_CAMERAS, "  "))


def changed(old: str, new: str) -> list[str]:
    """The lines that went and came."""
    lines = list(unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm=""))[2:]
    return [line for line in lines if not line.startswith("@@")]


def test_what_is_drawn_as_it_was_leaves_the_file_as_it_is() -> None:
    assert redraw(EXAMPLE, "b3-landing", Layout((FLAT, OTHER), (PEEPHOLE,))) == EXAMPLE


def test_a_door_and_a_mask_are_added_and_a_leaf_is_moved() -> None:
    moved = DrawnDoor(FLAT.id, FLAT.role, ((0.4, 0.22), *FLAT.leaf[1:]), FLAT.floor)
    new = redraw(EXAMPLE, "b3-landing", Layout((moved, OTHER, NEW), (PEEPHOLE, NEW.leaf)))
    outline = "# outline of the closed leaf, 3 to 64 points"
    assert changed(EXAMPLE, new) == [
        f"-        leaf: [[0.42, 0.22], [0.56, 0.22], [0.56, 0.71], [0.42, 0.71]]      {outline}",
        f"+        leaf: [[0.4, 0.22], [0.56, 0.22], [0.56, 0.71], [0.42, 0.71]]       {outline}",
        '+      - id: "0012"',
        "+        role: sealed",
        "+        leaf: [[0.1, 0.1235], [0.2, 0.2], [0.2, 0.9]]",
        "+      - [[0.1, 0.1235], [0.2, 0.2], [0.2, 0.9]]",
    ]


def test_what_goes_takes_no_comment_with_it_that_stands_alone() -> None:
    new = redraw(EXAMPLE, "b3-landing", Layout((FLAT,), ()))
    gone = changed(EXAMPLE, new)
    assert [line[:15] for line in gone] == [
        '-      - id: "0',
        "-        role: ",
        "-        leaf: ",
        "-        floor:",
        "-    masks:    ",
        "-      - [[0.76",
    ]
    assert "        # contact:  " in new


@pytest.mark.parametrize(
    ("text", "camera"), [(PLAIN, "landing"), (PLAIN, "two"), (SHIFTED, "landing"), (PLAIN + "# end", "two")]
)
def test_files_written_in_other_ways_keep_their_way(text: str, camera: str) -> None:
    old = DrawnDoor("x", Role.SEALED, ((0.1, 0.1), (0.3, 0.1), (0.4, 0.4)))
    doors = (NEW,) if camera == "landing" else (old, NEW)
    before = read(text.encode()).value
    new = redraw(text, camera, Layout(doors, (PEEPHOLE,)))
    assert all(line.startswith("+") for line in changed(text, new))
    found = next(one for one in read(new.encode()).value["cameras"] if one["id"] == camera)
    assert [door["id"] for door in found["doors"]] == [door.id for door in doors]
    assert found["masks"] == [[list(point) for point in PEEPHOLE]]
    assert len(read(new.encode()).value["cameras"]) == len(before["cameras"])


def test_a_file_of_one_line_keeps_its_values() -> None:
    text = json.dumps(read(PLAIN.encode()).value)
    value = read(redraw(text, "landing", Layout((NEW,), ())).encode()).value
    assert value["cameras"][0]["doors"][0]["id"] == "0012"
    assert value["cameras"][1] == read(text.encode()).value["cameras"][1]


def test_a_contact_stays_with_its_door() -> None:
    contact = "        contact: {input: DI1, open_when: low}   # wired in May\n"
    text = EXAMPLE.replace("        # contact: ", contact + "        # contact: ", 1)
    moved = DrawnDoor(FLAT.id, FLAT.role, NEW.leaf, ())
    new = redraw(text, "b3-landing", Layout((moved, OTHER), (PEEPHOLE,)))
    assert contact in new
    assert "        floor: []  " in new


def test_what_cannot_be_kept_is_refused() -> None:
    with pytest.raises(ConfigError, match="no such camera in the file"):
        redraw(EXAMPLE, "b9-landing", Layout((), ()))
    with pytest.raises(ConfigError, match="two: change it by hand"):
        redraw(SHIFTED, "two", Layout((NEW,), (PEEPHOLE,)))  # its lists are indented in two ways
    spread = json.dumps(read(PLAIN.encode()).value, indent=1)
    with pytest.raises(ConfigError, match="two: change it by hand"):
        redraw(spread, "two", Layout((NEW,), ()))


def test_what_comes_last_stands_before_what_belongs_to_the_next_part() -> None:
    text = PLAIN.replace("\n# the flats", "    # a remark on that door\n\n# the flats")
    old = DrawnDoor("x", Role.SEALED, ((0.1, 0.1), (0.3, 0.1), (0.4, 0.4)))
    new = redraw(text, "two", Layout((old, NEW), ()))
    door = '  - id: "0012"\n    role: sealed\n    leaf: [[0.1, 0.1235], [0.2, 0.2], [0.2, 0.9]]\n'
    assert new == text.replace("that door\n\n", f"that door\n{door}\n")
