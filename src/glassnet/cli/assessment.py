"""How sure a run's scores are, whether something simpler would do, and more training help: printed.

The numbers and sentences are `recipe/assessment/`'s.
"""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from glassnet.cli.terminal import line_width, say

if TYPE_CHECKING:
    from glassnet.recipe.assessment.assess import Assessment


def print_assessment(assessment: "Assessment", flag: str = "--epochs") -> None:
    """Print each question with what is said of it; `flag` is the command's for more epochs."""
    for question, sentences in assessment.sections().items():
        say(question)
        print_sentences(sentences, "  ")
    if assessment.epochs_to_try:
        print_sentences([f"To see: the same command with {flag} {assessment.epochs_to_try}"], "  ")


def print_sentences(sentences: Sequence[str], indent: str = "") -> None:
    """Print sentences as wide as the terminal, each from a line of its own."""
    width = line_width()
    for sentence in sentences:
        further = f"{indent}  "
        for line in textwrap.wrap(
            sentence, width, initial_indent=indent, subsequent_indent=further
        ):
            say(line)
