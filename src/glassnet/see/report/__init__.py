"""The report of a run: one page that tells what was in the table, how the network was trained, how good it is, and how to repeat it.

`build.py` gathers what is told, `pictures.py` the pictures, `worst.py` the rows it did worst on; `../assets/report.html` is the page.
"""
