"""Every number of a prediction and of a step of training, with what it was made from.

`build.py` makes an `Explanation` (`parts.py`): plain data, each number a `Step` (a formula and its operands) or a `Sum` (products,
and what is added to them). `encoding.py`, `forward.py`, `answers.py`, `loss.py` and `backward.py` make its parts; `formulas.py`
holds every formula once, `choice.py` says which nodes are shown, `notes.py` what a reader should know. `text.py`, `markdown.py` and
`html.py` are its faces: they tell it in the order of `outline.py`, and write formulas by `notation.py`
and sums by `terms.py`.
"""
