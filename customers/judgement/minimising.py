"""Finds the few numbers for which a loss is smallest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from customers.timelines import Floats


def smallest(loss: Callable[[Floats], float], start: Floats, bounds: Sequence[tuple[float, float]]) -> Floats:
    """Where the loss is smallest within the bounds, looked for from `start` on (L-BFGS-B)."""
    # Takes 25 MB of memory, which a bot that only applies what was learnt would hold for nothing.
    from scipy.optimize import minimize

    return np.asarray(minimize(loss, start, method="L-BFGS-B", bounds=bounds).x)
