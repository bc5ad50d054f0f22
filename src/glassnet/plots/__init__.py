"""Pictures of networks and what they do. A picture only looks: it trains nothing.

Each picture has a file, and `network/` is the diagram, the largest of them. All stand on
`display.py` (asking, drawing, saving). `figures.py` holds what figures share, `panels.py` several
axes side by side, `plane.py` two columns of a table as a plane, `directions.py` two directions of
all weights as one, `predictions.py` what predictions are compared with, `class_display.py` what
pictures of classes share, `members.py` which network of an ensemble is shown. `notebook.py` is
what a notebook shows of a model, a history or an estimator.

What is measured is in `importance/`, what is explained in `explanation/`, whole pages in `report/`.
"""
