"""`python -m glassnet` is the command `glassnet`."""

from glassnet.cli import main

main()
