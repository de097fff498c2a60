"""What the benchmark tells of what it found."""

from io import StringIO

from rich.console import Console

from vigilanza.lab.bench.finding import Figure, Finding
from vigilanza.lab.bench.machine import Machine
from vigilanza.lab.bench.table import BEGIN, END, Results, markdown, pasted, print_results

MACHINE = Machine("a processor", 2, 24 * 2**30, "a system", 0.5, {"vigilanza": "0.1.0", "motion": ""})
FOUND = Finding(
    "quiet",
    "a quiet camera",
    (Figure("ours / theirs", 0.3, "", 0.35), Figure("ours", 1.234, "CPU s"), Figure("x", 2.0, "", 1.0)),
)
MISSED = Finding("day", "a day", why="motion is not installed")


def test_the_table_says_what_was_reached_and_what_was_not_measured() -> None:
    text = markdown(Results((FOUND, MISSED), MACHINE, quick=False))
    lines = text.splitlines()
    assert "| quiet | ours / theirs | 0.3 | <= 0.35 | yes |" in lines
    assert "| quiet | ours | 1.23 CPU s |  |  |" in lines
    assert "| quiet | x | 2 | <= 1 | no |" in lines
    assert "| day | a day | not measured |  |  |" in lines
    assert "* `day` was not measured: motion is not installed" in lines
    assert "motion not installed" in text
    assert "quick" not in text


def test_the_same_stands_on_the_terminal() -> None:
    shown = StringIO()
    print_results(Results((FOUND, MISSED), MACHINE, quick=True), Console(file=shown, width=200))
    text = shown.getvalue()
    for words in (
        "0.35",
        "yes",
        "no",
        "day: not measured: motion is not installed",
        "a processor, 2 cores, 24 GB",
        "quick",
    ):
        assert words in text


def test_only_what_could_not_be_measured_makes_it_incomplete() -> None:
    assert Results((FOUND,), MACHINE, quick=True).complete
    assert not Results((FOUND, MISSED), MACHINE, quick=True).complete


def test_json_has_all_of_it() -> None:
    found = Results((FOUND, MISSED), MACHINE, quick=True).as_json()
    assert found["format"] == 1
    assert found["machine"]["versions"] == MACHINE.versions
    assert [row["row"] for row in found["rows"]] == ["quiet", "day"]
    figure = {"says": "ours / theirs", "value": 0.3, "unit": "", "limit": 0.35, "reached": True}
    assert found["rows"][0]["figures"][0] == figure
    assert found["rows"][1]["why"] == "motion is not installed"


def test_a_document_with_marks_gets_the_table_between_them() -> None:
    results = Results((FOUND,), MACHINE, quick=False)
    document = f"# Head\n\n{BEGIN}\nold\n{END}\n\nTail\n"
    once = pasted(results, document)
    assert once == f"# Head\n\n{BEGIN}\n{markdown(results)}{END}\n\nTail\n"
    assert pasted(results, once) == once
    assert pasted(results, "# No marks\n") == markdown(results)
