"""The report of a run: one page on what was in the table, how the network was trained, how good it is, and how to repeat it.

`build.py` gathers what is told, `pictures.py` the pictures, `worst.py` the rows it did worst on; the page itself is
`../assets/report.html`.
"""
