"""Teachers: other models, or their predictions, that a network is trained towards.

`teacher.py` says what a teacher is, and `read.py` reads whatever was given as one: `given.py` has
predictions that stand row by row beside the table, `asked.py` models that can be asked for any row,
and `inputs.py` the rows that those of another library see. `lesson.py` makes targets of what a
teacher predicts, `holdout.py` looks after the rows of the scores. Training on them is
`recipe/fit.py`.
"""
