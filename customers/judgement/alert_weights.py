"""What other tenants' silences taught about how long a silence lasts: the numbers that alerts begin with.

Fitted by `python -m benchmarks.judgement.fit_alerts` on CDNOW (a CD shop), Online Retail (a UK gift wholesaler) and
Complete Journey (US supermarket households), each counting alike; in the order of `alert_features.NAMES`.
"""

WEIGHTS = (
    -0.094,  # one
    -0.131,  # silence
    -0.508,  # silence beyond 1.5 gaps
    -0.455,  # silence beyond 3 gaps
    0.156,  # silence beyond 6 gaps
    0.315,  # gap in horizons
    -0.127,  # gap well within a horizon
    0.297,  # gaps known
    -0.887,  # spread of gaps
    -0.233,  # last gap
    -0.141,  # silence beyond half a horizon
    0.088,  # silence x gaps known
    -0.028,  # silence x spread
)
