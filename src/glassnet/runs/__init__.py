"""The run folder: what a training leaves on disk, written and opened again.

`layout.py` names the files of a run folder, `record.py` is the content of its run.json, `folder.py`
writes it and `open.py` opens it, its CSV files by `columns.py`. `sources.py` knows where a run's
rows come from and trains it once more; `article.py` makes an ordinary run of the article's
training. How a run is trained is `recipe`'s, its one-page report is `report`'s.
"""
