"""The page on conformance: every row has a proof that exists, and what has none is said to have none."""

import re

from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "design" / "conformance.md").read_text("utf-8")
PARTS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))
PROVEN = [
    *("ONVIF device", "ONVIF events by MQTT", "CAP 1.2", "SIA DC-09", "Milestone XProtect", "Webhook"),
    *("CloudEvents by MQTT", "Outbox", "Live video and privacy", "Evidence", "Wrong answers"),
]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows(part: str) -> list[list[str]]:
    """Cells of the part's table, without its head."""
    lines = [line for line in PARTS[part].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


def test_it_has_all_parts() -> None:
    assert [*PROVEN, "Not met"] == list(PARTS)[: len(PROVEN) + 1]


def test_every_row_names_a_test_that_exists() -> None:
    for part in PROVEN:
        assert rows(part), part
        for row in rows(part):
            found = TEST.findall(" ".join(row))
            assert found, (part, row[0])
            for file, name in found:
                assert (ROOT / file).exists(), file
                assert f"def {name}(" in (ROOT / file).read_text("utf-8"), f"{file}::{name}"


def test_what_is_not_met_says_why_and_names_no_proof() -> None:
    for row in rows("Not met"):
        what, why = row
        assert len(why) > 20, what
        assert not TEST.search(why), what


def test_no_test_of_a_channel_is_forgotten() -> None:
    """Files that meet a peer or a stranger stand in the page, each at least once."""
    files = [
        path.relative_to(ROOT).as_posix()
        for kind in ("cap", "dc09", "mqtt", "onvif_site", "onvif_mqtt", "xprotect", "webhook", "video_out", "receivers")
        for path in (ROOT / "tests" / "contract").glob(f"test_{kind}*.py")
    ]
    unnamed = {file for file in files if file not in PAGE}
    assert unnamed == {
        "tests/contract/test_cap_office_away.py",
        "tests/contract/test_mqtt_configured.py",
        "tests/contract/test_onvif_site_connections.py",
    }, "name them in the page, or here if they are about no standard"
