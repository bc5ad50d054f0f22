"""From steps to a run: options, the loop, the engines that carry it out, and what was measured.

Knows `core` and `gradcheck`; of tables, files and models it knows nothing.
"""
