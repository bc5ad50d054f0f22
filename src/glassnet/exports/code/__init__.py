"""Plain code, one module a language, each with a template of its own in `templates/`.

Every language's file has the same parts in the same order: what it is, the tables of weights, how
cells are read, the network's inputs from the columns of a row, the layers, the predictions, and the
rows that it checks itself by. A template of more than 300 lines or so includes some of them as
templates of their own, such as `java_cells.jinja`.
"""
