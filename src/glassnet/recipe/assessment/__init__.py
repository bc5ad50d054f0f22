"""How good a run is, how sure that is, whether something simpler would do, and more training help.

`resampling.py` and `intervals.py` hold the numbers, `folds.py` and `small_network.py` what they are
compared with, `assess.py` puts it together; `sentences.py` and `learning_curve.py` say it in plain
words. What is said unasked, because something is wrong, is `recipe/findings/`.
"""
