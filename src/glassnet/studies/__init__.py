"""Studies: many networks from as many random starts on the same rows, and what became of each.

What is trained is `problem.py`, the training in blocks `run.py`; `outcomes.py` is what is kept of
every network, `hidden.py` what their hidden nodes do, `solutions.py` which of them are alike.
`study.py` is the study with all that it shows, and `file.py` the file that it is kept in. Its
pictures are in `plots/`, how a network is trained in `training/` and `recipe/`.
"""
