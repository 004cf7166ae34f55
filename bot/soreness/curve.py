"""The soreness curve: a picture (SVG) of a patient's scores against the hours since the session.

The shaded band is the usual course (docs/clinical-facts.md 13.4: most gone in 24-48 h, usually gone by 72 h); it is a
picture of those words, not a forecast. A gap of more than a day between reports is shown as a gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH, HEIGHT = 320, 180
LEFT, RIGHT, TOP, BOTTOM = 30, 10, 12, 30
HIGHEST_SCORE = 10
LEAST_HOURS = 72  # the axis shows at least three days
MOST_HOURS = 24 * 14
GAP_HOURS = 30  # longer between two reports, and no line joins them

# Upper edge of the usual band: (hours, score).
USUAL = ((0, 6), (24, 5), (48, 3), (72, 0))


@dataclass(frozen=True)
class Point:
    """A reported score (0-10) so many hours after the session."""

    hours: float
    score: int


def curve(points: Sequence[Point]) -> str:
    """Return the picture as an SVG element; points may come in any order. Raises ValueError without points."""
    if not points:
        raise ValueError("a curve needs at least one report")
    told = sorted((Point(min(max(p.hours, 0.0), MOST_HOURS), p.score) for p in points), key=lambda p: p.hours)
    hours = max(LEAST_HOURS, 24 * -(-int(told[-1].hours) // 24))
    scale = _Scale(hours)
    body = [*_band(scale), *_axes(scale), *_lines(scale, told), *_dots(scale, told)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" font-family="sans-serif" font-size="10"><title>{_title(told)}</title>{"".join(body)}</svg>'
    )


@dataclass(frozen=True)
class _Scale:
    hours: float

    def x(self, hours: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * hours / self.hours, 1)

    def y(self, score: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - score / HIGHEST_SCORE), 1)


def _title(points: Sequence[Point]) -> str:
    told = ", ".join(f"{point.score} after {round(point.hours)} hours" for point in points)
    return f"Soreness from 0 to 10 since the session: {told}"


def _band(scale: _Scale) -> list[str]:
    edge = " ".join(f"{scale.x(hours)},{scale.y(score)}" for hours, score in USUAL)
    return [f'<polygon points="{scale.x(0)},{scale.y(0)} {edge}" fill="#cfe3d8"/>']


def _axes(scale: _Scale) -> list[str]:
    drawn = [
        f'<text x="{LEFT - 6}" y="{scale.y(score) + 3}" text-anchor="end" fill="#444">{score}</text>'
        f'<path d="M{LEFT} {scale.y(score)}H{WIDTH - RIGHT}" stroke="#ddd"/>'
        for score in (0, 5, 10)
    ]
    days = int(scale.hours // 24)
    step = max(1, days // 7)
    drawn += [
        f'<text x="{scale.x(24 * day)}" y="{HEIGHT - 14}" text-anchor="middle" fill="#444">{day}</text>'
        for day in range(0, days + 1, step)
    ]
    drawn.append(
        f'<text x="{(WIDTH + LEFT) / 2}" y="{HEIGHT - 2}" text-anchor="middle" fill="#444">'
        "days since the session</text>"
    )
    return drawn


def _lines(scale: _Scale, points: Sequence[Point]) -> list[str]:
    return [
        f'<path d="M{scale.x(a.hours)} {scale.y(a.score)}L{scale.x(b.hours)} {scale.y(b.score)}" '
        'stroke="#1f5f8b" stroke-width="2"/>'
        for a, b in pairwise(points)
        if b.hours - a.hours <= GAP_HOURS
    ]


def _dots(scale: _Scale, points: Sequence[Point]) -> list[str]:
    return [
        f'<circle cx="{scale.x(p.hours)}" cy="{scale.y(p.score)}" r="4" fill="#1f5f8b"/>'
        f'<text x="{scale.x(p.hours)}" y="{scale.y(p.score) - 7}" text-anchor="middle" fill="#222">{p.score}</text>'
        for p in points
    ]
