"""Charts drawn as lines and boxes of the page itself: sharp in print, no picture, no further library."""

import itertools
from collections.abc import Sequence

from fpdf import FPDF

INK = (31, 56, 100)
PALE = (168, 186, 214)
GRID = (215, 220, 228)


def bars(
    pdf: FPDF,
    title: str,
    rows: Sequence[tuple[str, float | None, float | None]],
    *,
    height: float,
    percent: bool,
    key: tuple[str, str],
) -> None:
    """Standing bars, one or two a name: this period and the one before (None: not there)."""
    left, top, width = _frame(pdf, title, height, key if any(old is not None for _, _, old in rows) else None)
    most = 1.0 if percent else max((v for _, *values in rows for v in values if v), default=1.0) * 1.15
    _grid(pdf, left, top, width, height, most, percent)
    step = width / max(len(rows), 1)
    thick = min(step / 3.2, 9)
    for n, (name, new, old) in enumerate(rows):
        middle = left + step * (n + 0.5)
        pairs = [(new, INK, -thick if old is not None else -thick / 2), (old, PALE, 0.0)]
        for value, colour, at in pairs:
            if value is None:
                continue
            tall = height * min(value / most, 1)
            pdf.set_fill_color(*colour)
            pdf.rect(middle + at, top + height - tall, thick, tall, style="F")
            if colour == INK or not percent:
                _text(
                    pdf,
                    middle + at + thick / 2,
                    top + height - tall - 1.2,
                    _label(value, percent),
                    6,
                )
        _text(pdf, middle, top + height + 3.6, name, 6.5 if len(rows) <= 9 else 5)
    pdf.set_y(top + height + 8)


def line(pdf: FPDF, title: str, points: Sequence[tuple[str, float]], *, height: float) -> None:
    """One line over time, with the name of every few points below."""
    left, top, width = _frame(pdf, title, height, None)
    most = max((value for _, value in points), default=1.0) * 1.15 or 1.0
    _grid(pdf, left, top, width, height, most, False)
    step = width / max(len(points) - 1, 1)
    places = [(left + step * n, top + height * (1 - value / most)) for n, (_, value) in enumerate(points)]
    pdf.set_draw_color(*INK)
    pdf.set_line_width(0.5)
    for (x1, y1), (x2, y2) in itertools.pairwise(places):
        pdf.line(x1, y1, x2, y2)
    every = max(1, len(points) // 10)
    for n, (name, _) in enumerate(points):
        if n % every == 0:
            _text(pdf, places[n][0], top + height + 3.6, name, 6)
    pdf.set_y(top + height + 8)


def _frame(pdf: FPDF, title: str, height: float, key: tuple[str, str] | None) -> tuple[float, float, float]:
    if pdf.get_y() + height + 18 > pdf.page_break_trigger:
        pdf.add_page()
    pdf.set_font("sans", size=8.5)
    pdf.set_text_color(*INK)
    pdf.cell(text=title, new_x="LMARGIN", new_y="NEXT")
    top = pdf.get_y() + 3
    if key:
        for n, (name, colour) in enumerate(zip(key, (INK, PALE), strict=True)):
            at = pdf.w - pdf.r_margin - 56 + 28 * n
            pdf.set_fill_color(*colour)
            pdf.rect(at, top - 6, 2.5, 2.5, style="F")
            pdf.set_font("sans", size=6.5)
            pdf.text(at + 3.5, top - 3.8, name)
    return pdf.l_margin + 12, top, pdf.epw - 14


def _grid(pdf: FPDF, left: float, top: float, width: float, height: float, most: float, percent: bool) -> None:
    pdf.set_line_width(0.1)
    pdf.set_draw_color(*GRID)
    for n in range(5):
        y = top + height * (1 - n / 4)
        pdf.line(left, y, left + width, y)
        value = most * n / 4
        pdf.set_font("sans", size=6)
        label = _label(value, percent)
        pdf.text(left - 1.5 - pdf.get_string_width(label), y + 0.8, label)


def _label(value: float, percent: bool) -> str:
    if percent:
        return f"{value:.0%}"
    return f"{value:,.0f}" if value >= 10 or value == 0 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _text(pdf: FPDF, middle: float, y: float, text: str, size: float) -> None:
    pdf.set_font("sans", size=size)
    pdf.text(middle - pdf.get_string_width(text) / 2, y, text)
