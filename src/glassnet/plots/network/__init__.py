"""The network as nodes and edges: one layout as plain data, drawn as our own SVG or on matplotlib's axes."""
