"""How good a run is, how sure that is, whether something simpler would do, or other epochs.

`resampling.py` and `intervals.py` hold the numbers, `folds.py`, `small_network.py` and `epochs.py`
what they are compared with, `assess.py` puts it together; `sentences.py`, `simpler.py` and
`learning_curve.py` say it in plain words. What is said unasked, because something is wrong, is
`recipe/findings/`.
"""
