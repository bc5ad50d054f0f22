"""`python -m bench.exports`: every target of `glassnet export`, run by its own tool."""
