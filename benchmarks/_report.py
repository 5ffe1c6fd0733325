"""What a benchmark reports: figures with their budget, as a table or as one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    `budget` is in the same unit (None: measured, not budgeted); `holds` says whether the
    figure keeps it (None where there is no budget); `peer` is the peer's own figure on the
    same work, in the same unit (None where there is no peer).
    """

    benchmark: str
    figure: str
    value: float
    unit: str
    budget: float | None = None
    holds: bool | None = None
    peer: float | None = None


def at_most(
    benchmark: str, figure: str, value: float, unit: str, budget: float, *, peer: float | None = None
) -> Figure:
    """A figure that must not exceed its budget."""
    return Figure(benchmark, figure, value, unit, budget, value <= budget, peer)


def at_least(
    benchmark: str, figure: str, value: float, unit: str, budget: float, *, peer: float | None = None
) -> Figure:
    """A figure that must reach its budget."""
    return Figure(benchmark, figure, value, unit, budget, value >= budget, peer)


def number(value: float) -> str:
    """A value in a form that a person can read: three significant digits, thousands grouped."""
    if value and abs(value) < 0.01:
        return f"{value:.2e}"
    if abs(value) >= 1000 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _row(each: Figure) -> tuple[str, ...]:
    return (
        each.benchmark,
        each.figure,
        number(each.value),
        each.unit,
        "" if each.budget is None else number(each.budget),
        {True: "yes", False: "NO", None: ""}[each.holds],
        "" if each.peer is None else number(each.peer),
    )


def table(figures: Iterable[Figure]) -> str:
    """The figures as lines of aligned columns, numbers to the right."""
    head = ("benchmark", "figure", "value", "unit", "budget", "holds", "peer")
    rows = [head, *(_row(each) for each in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    right = {2, 4, 6}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def line(each: Figure) -> str:
    """The figure as one JSON object."""
    return json.dumps(asdict(each), ensure_ascii=False)
