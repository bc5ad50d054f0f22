"""The folder that a study leaves on disk: its file, a row a network, and its pictures."""

from glassnet import article
from glassnet.files import NewFolder, whole_file
from glassnet.plots.solutions import SolutionsDisplay
from glassnet.plots.spread import SpreadDisplay
from glassnet.plots.study import StudyDisplay
from glassnet.studies.article_problem import published
from glassnet.studies.study import Study
from glassnet.tables.write import write_columns

STUDY_FILE = "study.safetensors"
"""The study: what `load_study` reads."""
NETWORKS_TABLE = "networks.csv"
"""A row a network: `Study.table`."""
LOSSES_PICTURE = "losses.svg"
PREDICTIONS_PICTURE = "predictions.svg"
SOLUTIONS_PICTURE = "solutions.svg"

STUDY_FILES = (STUDY_FILE, NETWORKS_TABLE, LOSSES_PICTURE, PREDICTIONS_PICTURE, SOLUTIONS_PICTURE)
"""All of them."""

ARTICLES = "the article's table"


def write_study(study: Study, new: NewFolder, *, pictures: bool = True) -> None:
    """Fill the folder of a study.

    Raises GlassnetError where a file cannot be written.
    """
    folder = new.part
    study.save(folder / STUDY_FILE)
    with whole_file(folder / NETWORKS_TABLE) as part:
        write_columns(part, study.table())
    if not pictures:
        return
    placed = published(study)
    losses = {} if placed is None else {ARTICLES: placed.loss}
    StudyDisplay.from_study(study, marks=losses).save(folder / LOSSES_PICTURE)
    printed = {} if placed is None else {ARTICLES: article.PRINTED}
    SpreadDisplay.from_study(study, marks=printed).save(folder / PREDICTIONS_PICTURE)
    if study.solutions and study.solutions[0].activations:
        SolutionsDisplay.from_study(study).save(folder / SOLUTIONS_PICTURE)
