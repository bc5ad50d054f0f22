"""The diagram of a network: nodes and edges laid out as plain data.

It is drawn as our own SVG, or on matplotlib's axes.
"""
