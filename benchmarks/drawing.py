"""Small line charts as SVG, for the pages in `docs/`: a few lines, named at their ends, on a thin grid."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 760, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 150, 48, 52
# Told apart by people who see colours differently too (Okabe and Ito, Color Universal Design).
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_INK, _PALE, _PAPER = "#333", "#ddd", "#fff"
_STEPS = (1, 2, 2.5, 5, 10)
_LEAST_GAP = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Points in order of x; a dashed line is one to compare with."""

    name: str
    points: Sequence[tuple[float, float]]
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A stretch of x that is shaded and named."""

    name: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class _Scale:
    """From what is measured to where it is drawn."""

    x: tuple[float, float]
    y: tuple[float, float]

    def across(self, value: float) -> float:
        return _LEFT + (value - self.x[0]) / (self.x[1] - self.x[0]) * (_WIDTH - _LEFT - _RIGHT)

    def down(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - (value - self.y[0]) / (self.y[1] - self.y[0]) * (_HEIGHT - _TOP - _BOTTOM)


def chart(*, title: str, axes: tuple[str, str], lines: Sequence[Line], bands: Sequence[Band] = ()) -> str:
    """Return an SVG document.

    Args:
        title: What it shows.
        axes: Names of x and y, with their units.
        lines: At most six.
        bands: Stretches of x to shade.
    """
    assert 0 < len(lines) <= len(_COLOURS), "a chart that can be read"
    scale = _scale(lines)
    pieces = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"',
        f' aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="12" fill="{_INK}">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="{_PAPER}"/>',
        _text(_LEFT, 24, title, size=15, weight=600),
        *(_band(band, scale, number) for number, band in enumerate(bands)),
        *_grid(scale),
        *(_path(line, scale, colour) for line, colour in zip(lines, _COLOURS, strict=False)),
        *_names(lines, scale),
        _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 12, axes[0], anchor="middle"),
        f'<g transform="rotate(-90)">{_text(-(_TOP + _HEIGHT - _BOTTOM) / 2, 16, axes[1], anchor="middle")}</g>',
        "</svg>",
    ]
    return "\n".join(pieces) + "\n"


def ticks(least: float, most: float, *, about: int = 6) -> list[float]:
    """Round numbers from `least` to `most`, both included in what they span."""
    raw = (most - least) / about
    unit = 10.0 ** math.floor(math.log10(raw))
    step = unit * next(one for one in _STEPS if one * unit >= raw)
    first = math.floor(least / step)
    count = math.ceil(most / step - 1e-9) - first
    return [round((first + number) * step, 12) for number in range(count + 1)]


def _scale(lines: Sequence[Line]) -> _Scale:
    xs = [x for line in lines for x, _ in line.points]
    ys = [y for line in lines for _, y in line.points]
    across = ticks(min(xs), max(xs) if max(xs) > min(xs) else min(xs) + 1)
    down = ticks(min(0.0, *ys), max(ys) if max(ys) > min(0.0, *ys) else 1.0)
    return _Scale((min(xs), max(*xs, across[0] + 1e-9)), (down[0], down[-1]))


def _grid(scale: _Scale) -> Iterator[str]:
    for y in ticks(*scale.y):
        at = scale.down(y)
        yield f'<path d="M{_LEFT} {at:.1f}H{_WIDTH - _RIGHT}" stroke="{_PALE}"/>'
        yield _text(_LEFT - 8, at + 4, _number(y), anchor="end")
    for x in ticks(*scale.x):
        if scale.x[0] <= x <= scale.x[1]:
            yield _text(scale.across(x), _HEIGHT - _BOTTOM + 18, _number(x), anchor="middle")


def _band(band: Band, scale: _Scale, number: int) -> str:
    left, right = scale.across(max(band.start, scale.x[0])), scale.across(min(band.end, scale.x[1]))
    box = f'<rect x="{left:.1f}" y="{_TOP}" width="{right - left:.1f}" height="{_HEIGHT - _TOP - _BOTTOM}"'
    named = _text(left + 4, _TOP - 4 + 14 * (number + 1), band.name, size=11)
    return f'{box} fill="{_COLOURS[-1 - number]}" opacity="0.15"/>{named}'


def _path(line: Line, scale: _Scale, colour: str) -> str:
    steps = " ".join(f"{scale.across(x):.1f},{scale.down(y):.1f}" for x, y in line.points)
    dashes = ' stroke-dasharray="5 4"' if line.dashed else ""
    return f'<polyline points="{steps}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'


def _names(lines: Sequence[Line], scale: _Scale) -> Iterator[str]:
    """Each at the end of its line, moved down where two would stand on each other."""
    below = -math.inf
    ends = [(scale.down(line.points[-1][1]), line.name, colour) for line, colour in zip(lines, _COLOURS, strict=False)]
    for wanted, name, colour in sorted(ends):
        below = max(wanted, below + _LEAST_GAP)
        yield _text(_WIDTH - _RIGHT + 8, below + 4, name, colour=colour, weight=600)


def _text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 12, **more: object) -> str:
    looks = f' fill="{more["colour"]}"' if "colour" in more else ""
    looks += f' font-weight="{more["weight"]}"' if "weight" in more else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"{looks}>{escape(words)}</text>'


def _number(value: float) -> str:
    return f"{value:,.10g}"
