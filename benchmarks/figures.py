"""Prints what was measured beside what was promised."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """Something that was measured; a limit that is None was not promised."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def kept(self) -> bool:
        """Whether the promise was kept; what was never promised cannot be broken."""
        above = self.at_most is not None and not self.value <= self.at_most
        below = self.at_least is not None and not self.value >= self.at_least
        return not above and not below

    def line(self) -> str:
        """Name, figure, limit, and whether it was kept."""
        limits = [
            f"{sign} {_short(limit)} {self.unit}"
            for sign, limit in (("<=", self.at_most), (">=", self.at_least))
            if limit is not None
        ]
        verdict = ("ok" if self.kept else "MISSED") if limits else ""
        return f"{self.name:58}  {_short(self.value) + ' ' + self.unit:>16}  {' '.join(limits):18}  {verdict}".rstrip()


class Report:
    """Collects figures and prints each as soon as it is known."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []

    def title(self, words: str) -> None:
        """Say what is measured next."""
        print(f"\n{words}", flush=True)

    def note(self, words: str) -> None:
        """Say what is going on, apart from the figures."""
        print(words, file=sys.stderr, flush=True)

    def add(
        self, name: str, value: float, unit: str, *, at_most: float | None = None, at_least: float | None = None
    ) -> None:
        """Print one figure."""
        figure = Figure(name, value, unit, at_most, at_least)
        self.figures.append(figure)
        print(figure.line(), flush=True)

    @property
    def missed(self) -> list[Figure]:
        """The figures that are outside of their limits."""
        return [figure for figure in self.figures if not figure.kept]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the measured values that is not exceeded by `share` (0 to 1) of them; raises where none is."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _short(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
