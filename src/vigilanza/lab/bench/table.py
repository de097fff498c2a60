"""Findings as tables for people: on the terminal, and in a document."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from vigilanza.lab.bench.finding import Figure, Finding
from vigilanza.lab.bench.machine import Machine

BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
"""Marks in a document, between which a table is pasted."""


@dataclass(frozen=True, slots=True)
class Results:
    """All findings of one run of the benchmark."""

    findings: tuple[Finding, ...]
    machine: Machine
    quick: bool

    @property
    def complete(self) -> bool:
        """True if everything could be measured, whatever came out."""
        return all(finding.why is None for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Also everything that no table shows. `format` changes when a field goes or changes its meaning."""
        machine = {name: getattr(self.machine, name) for name in self.machine.__slots__}
        return {
            "format": 1,
            "quick": self.quick,
            "machine": machine,
            "rows": [finding.as_json() for finding in self.findings],
        }


def print_results(results: Results, console: Console) -> None:
    """A table, what could not be measured, and the machine."""
    table = Table("row", "figure", "measured", "wanted", "reached", title_justify="left")
    for row in _rows(results.findings):
        table.add_row(*row)
    console.print(table)
    for finding in results.findings:
        if finding.why is not None:
            console.print(f"{finding.row}: not measured: {finding.why}", markup=False, highlight=False)
    console.print("\n".join(_small_print(results)), markup=False, highlight=False)


def markdown(results: Results) -> str:
    """The same for a document."""
    lines = ["| row | figure | measured | wanted | reached |", "|---|---|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in _rows(results.findings)]
    missing = [f"* `{one.row}` was not measured: {one.why}" for one in results.findings if one.why is not None]
    small_print = [f"* {line}" for line in _small_print(results)]
    return "\n".join([*lines, "", *missing, *small_print]) + "\n"


def pasted(results: Results, document: str) -> str:
    """The document with the table between its marks instead of what stood there; the table alone if it has none."""
    return paste(markdown(results), document)


def paste(table: str, document: str) -> str:
    """The same with any table."""
    head, begin, rest = document.partition(BEGIN)
    _, end, tail = rest.partition(END)
    return f"{head}{begin}\n{table}{end}{tail}" if end else table


def _rows(findings: Sequence[Finding]) -> list[tuple[str, str, str, str, str]]:
    rows = []
    for finding in findings:
        for figure in finding.figures:
            wanted = "" if figure.limit is None else f"<= {_number(figure.limit, figure.unit)}"
            reached = {True: "yes", False: "no", None: ""}[figure.reached]
            rows.append((finding.row, figure.says, _measured(figure), wanted, reached))
        if not finding.figures:
            rows.append((finding.row, finding.says, "not measured", "", ""))
    return rows


def _measured(figure: Figure) -> str:
    return "not measured" if figure.value is None else _number(figure.value, figure.unit)


def _number(value: float, unit: str) -> str:
    shown = f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
    return f"{shown} {unit}".strip()


def _small_print(results: Results) -> list[str]:
    versions = ", ".join(f"{name} {number or 'not installed'}" for name, number in results.machine.versions.items())
    lines = [results.machine.says(), versions]
    return [*lines, "quick: short windows, figures are rough"] if results.quick else lines
