"""The lab: a page in which a network trains before your eyes, and every number can be looked into.

The page itself is TypeScript, in `lab/` of the source; `tools/build_lab.py` builds it into `page/`
here. What it takes from the library lives in this room: the formulas and the examples that are
built into it, the document that it opens, the file that it is, and its server. No mathematics.
"""
