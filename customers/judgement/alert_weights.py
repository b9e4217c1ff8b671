"""What other tenants' silences taught about how long a silence lasts: the numbers that alerts begin with.

Fitted by `python -m benchmarks.judgement.fit_alerts` on CDNOW (a CD shop), Online Retail (a UK gift wholesaler) and
Complete Journey (US supermarket households), each counting alike; in the order of `alert_features.NAMES`.
"""

WEIGHTS = (
    -0.555,  # one
    0.507,  # silence
    -0.445,  # silence beyond 1.5 gaps
    -0.374,  # silence beyond 3 gaps
    0.066,  # silence beyond 6 gaps
    0.362,  # gap in horizons
    -0.195,  # gap well within a horizon
    0.141,  # gaps known
    -1.608,  # spread of gaps
    -0.233,  # last gap
    -0.189,  # silence beyond 0.5 horizons
    0.033,  # silence beyond 1 horizons
    -0.565,  # silence in longest gaps
    -0.200,  # silence beyond the longest gap
)
