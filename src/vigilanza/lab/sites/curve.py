"""The curve of delays over rates, as SVG; both axes are logarithmic."""

from collections.abc import Callable, Sequence
from math import ceil, floor, log10

from vigilanza.lab.plot import HEIGHT, WIDTH
from vigilanza.lab.sites.row import WANTED_P95_S, Delay, Row, knee

_LEFT, _TOP, _BELOW, _RIGHT = 60.0, 20.0, 50.0, 60.0
_SHARES: tuple[tuple[str, str, Callable[[Delay], float | None]], ...] = (
    ("p50", "#2a7d4f", lambda delay: delay.p50),
    ("p95", "#b07a00", lambda delay: delay.p95),
    ("p99", "#b3261e", lambda delay: delay.p99),
)


class _Axis:
    """Whole decades round the values, over so many pixels."""

    def __init__(self, values: Sequence[float], length: float) -> None:
        self._from, self._to = floor(log10(min(values))), ceil(log10(max(values)))
        self._to += self._to == self._from
        self._length = length

    def place(self, value: float) -> float:
        """Pixels from the lower end."""
        return (log10(value) - self._from) / (self._to - self._from) * self._length

    @property
    def marks(self) -> list[float]:
        """The decades."""
        return [10.0**power for power in range(self._from, self._to + 1)]


def curve(rows: Sequence[Row]) -> str:
    """Of what the page shows; with what is wanted, and the knee."""
    measured = [row for row in rows if row.shown.count and row.offered]
    delays = [pick(row.shown) or WANTED_P95_S for row in measured for _, _, pick in _SHARES]
    x, y = _Axis([row.offered for row in measured], WIDTH), _Axis([*delays, WANTED_P95_S], HEIGHT)
    lines = [
        *(_text(x.place(mark), HEIGHT + 18, f"{mark:g}", "middle") for mark in x.marks),
        *(_text(-8, HEIGHT - y.place(mark) + 4, f"{mark:g}", "end") for mark in y.marks),
        *(_line(0, HEIGHT - y.place(mark), WIDTH, HEIGHT - y.place(mark), "#d9dee5") for mark in y.marks),
        *(_line(x.place(mark), 0, x.place(mark), HEIGHT, "#d9dee5") for mark in x.marks),
        _text(WIDTH / 2, HEIGHT + 40, "events a second", "middle"),
        _text(-40, -8, "seconds from commit to page", "start"),
        _line(0, HEIGHT - y.place(WANTED_P95_S), WIDTH, HEIGHT - y.place(WANTED_P95_S), "#1b1f24"),
        _text(4, HEIGHT - y.place(WANTED_P95_S) - 4, f"wanted: p95 within {WANTED_P95_S:g} s", "start"),
    ]
    if (found := knee(measured)) is not None:
        lines.append(_line(x.place(found.offered), 0, x.place(found.offered), HEIGHT, "#1b1f24"))
        lines.append(_text(x.place(found.offered) - 4, HEIGHT - 6, "knee", "end"))
    for name, colour, pick in _SHARES:
        points = [
            (x.place(row.offered), HEIGHT - y.place(delay))
            for row in measured
            if (delay := pick(row.shown)) is not None
        ]
        told = " ".join(f"{left:.1f},{top:.1f}" for left, top in points)
        lines.append(f'<polyline points="{told}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines.append(_text(points[-1][0] + 6, points[-1][1] + 4, name, "start", colour))
    return _framed(lines)


def _framed(lines: Sequence[str]) -> str:
    width, height = _LEFT + WIDTH + _RIGHT, _TOP + HEIGHT + _BELOW
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" font-family="sans-serif" '
            'font-size="12">',
            f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>',
            f'<g transform="translate({_LEFT:g} {_TOP:g})">',
            *lines,
            "</g>",
            "</svg>\n",
        ]
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _text(x: float, y: float, said: str, anchor: str, colour: str = "#1b1f24") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{said}</text>'
