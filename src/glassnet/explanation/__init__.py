"""Every number of a prediction and of a step of training, with what it was made from.

`build.py` makes an `Explanation` (`parts.py`): plain data, each number a `Step` (a formula and its
operands) or a `Sum` (products, and what is added to them). Its parts come from `encoding.py`,
`forward.py`, `vote.py`, `predictions.py`, `loss.py` and `backward.py`, which take a network's
numbers from a `Batch` (`batch.py`); `choice.py` says which nodes are shown, `notes.py` what a
reader should know.

`render/` writes it down in the order of `outline.py`, with formulas by `glassnet/notation/` and
sums by `addends.py`. The formulas themselves stand in `core/` and `tables/`.
"""
