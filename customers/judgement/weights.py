"""What public purchase histories taught about who is being lost: what each tenant's own weights start from.

Made by `benchmarks/judgement/fit_score.py` from three sets: CDNOW (Fader and Hardie), Online Retail (UCI) and
Complete Journey (84.51). Features are in the order and units of `features.py`.
"""

from __future__ import annotations

# name of a feature: (weight for the log-odds of being lost, weight for the log of purchases, usual spread)
Table = dict[str, tuple[float, float, float]]

REPEAT: Table = {
    "one": (1.674, -1.05, 0.0),
    "model": (0.809, -0.073, 2.596),
    "model_above_0": (-0.245, 0.191, 1.164),
    "expected": (0.178, 0.116, 1.535),
    "silence": (-0.035, 0.007, 1.491),
    "spend": (-0.034, -0.023, 0.909),
    "model_above_-1.5": (-0.158, -0.096, 1.578),
    "silence_in_gaps_above_-1": (0.093, -0.045, 1.13),
    "silence_in_gaps_above_0": (0.228, -0.079, 0.819),
    "silence_in_gaps_above_1": (-0.043, 0.071, 0.441),
    "gap": (0.027, 0.202, 0.872),
    "number": (-0.275, 0.535, 1.059),
    "age": (-0.269, -0.091, 0.707),
    "pace_0.5": (-0.001, -0.246, 0.541),
    "pace_1": (0.006, -0.033, 0.58),
    "pace_2": (0.031, 0.018, 0.56),
    "pace_4": (0.115, 0.187, 0.434),
    "recent_0.5": (-0.001, 0.419, 0.621),
    "recent_1": (-0.089, 0.098, 0.784),
    "recent_2": (-0.181, 0.112, 0.919),
    "recent_4": (-0.206, -0.036, 0.921),
    "last_gap": (0.094, -0.04, 0.868),
    "scatter": (0.486, -0.0, 0.223),
    "median": (-0.107, 0.035, 0.55),
    "model_x_number": (-0.191, 0.059, 2.433),
    "silence_x_gap": (-0.084, 0.016, 1.079),
    "silence_in_gaps_x_number": (-0.014, 0.001, 0.619),
    "pace_x_number": (-0.181, 0.082, 0.318),
    "last_gap_x_silence_in_gaps": (-0.09, 0.032, 0.713),
    "scatter_x_silence_in_gaps": (0.229, -0.317, 0.191),
    "total": (0.008, 0.011, 1.563),
    "recent_total": (-0.212, 0.059, 1.053),
}
SINGLE: Table = {
    "one": (0.761, -0.574, 0.0),
    "model": (0.882, 0.041, 0.747),
    "model_above_0": (-0.261, 0.105, 0.742),
    "expected": (0.099, 0.717, 0.768),
    "silence": (0.024, -0.068, 0.719),
    "spend": (-0.138, 0.187, 1.06),
}
