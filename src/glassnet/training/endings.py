"""Endings: the ways in which a run can end, what each means, and what follows from it.

Every training ends in one of these, whoever started it. The estimators put a few of them into
scikit-learn's words (`estimators/mlp/translate.py`); the names and their consequences are here.
"""

ENDINGS = {
    "": "went through all its epochs",
    "converged": "converged",
    "early": "stopped early: no better epoch for as long as `patience` allows",
    "callback": "ended by a callback",
    "interrupted": "stopped by Ctrl-C after whole epochs; what was learnt until then is kept",
    "diverged": (
        "diverged: its loss grew to more than a million times what it was at the start; the best "
        "weights before that are kept. Scale the inputs and targets to about the size of 1, or "
        "try a smaller learning rate"
    ),
    "not_finite": (
        "stopped: the loss became NaN or infinite; the best weights before that are kept. Try a "
        "smaller learning rate, inputs of about the size of 1, or another activation or loss"
    ),
    "failed": "stopped: the solver gave up; its best weights are kept",
}
"""The name of each ending -> what it means, in plain words; from the best to the worst."""

OF_AN_ENGINE = ("", "early", "not_finite")
"""The endings that an engine decides on, at the end of an epoch; the others are the loop's."""

BROKEN = ("diverged", "not_finite")
"""The endings that leave parameters of no use behind: those of the best epoch are kept instead."""

CUT_SHORT = ("interrupted", *BROKEN, "failed")
"""The endings that an estimator warns of: more was planned, or should have come of it."""
