"""Pictures and pages of networks and runs. Builds on model and core; trains nothing.

`subject.py` is what is looked at: any trained thing as a Model, and rows as it sees them. `figures.py` holds what all pictures
share, `panels.py` what those of several axes do, `plane.py` two columns of a table as a plane, `page.py` and `assets/` the shell of
pages. A picture has a file, or a room where it is large: `network/` is the diagram, `importance/` which columns matter. `explain/`
is every number of a prediction, `report/` the page of a run, `notebook.py` what a notebook shows of a model, history or estimator.
"""
