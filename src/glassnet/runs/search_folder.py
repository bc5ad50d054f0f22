"""The folder that a search leaves on disk: its file, the leaderboard, and what mattered."""

import shutil
from pathlib import Path

from glassnet.errors import GlassnetError
from glassnet.files import NewFolder, whole_file
from glassnet.plots.search import SearchDisplay
from glassnet.runs.layout import checkpoint_beside
from glassnet.searches.file import append_to_search_file, begin_search_file
from glassnet.searches.search import Search
from glassnet.tables.write import write_columns

SEARCH_FILE = "search.jsonl"
"""The search: a line of what was searched, then one a candidate."""
LEADERBOARD = "leaderboard.csv"
"""A row a candidate, the best first: `Search.table`."""
SETTINGS_PICTURE = "settings.svg"
"""`SearchDisplay`."""

SEARCH_FILES = (SEARCH_FILE, LEADERBOARD, SETTINGS_PICTURE)
"""All of them."""


def search_file_of(run: Path) -> Path:
    """The file that a search goes on with: it stands beside its folder while the search lasts.

    Of a search that has ended it is in the folder. Raises GlassnetError where there is neither.
    """
    beside, inside = checkpoint_beside(run), run / SEARCH_FILE
    for file in (beside, inside):
        if file.is_file():
            return file
    raise GlassnetError(
        f"there is no search to go on with: neither {beside.name} beside it, nor {SEARCH_FILE} "
        "in it",
        file=run,
    )


def copy_search_file(run: Path) -> bool:
    """Put the file of a search that has ended beside its folder, to go on with it.

    False where one is there already, of a search that has not ended.
    """
    beside = checkpoint_beside(run)
    if beside.is_file():
        return False
    with whole_file(beside) as part:
        shutil.copyfile(run / SEARCH_FILE, part)
    return True


def write_search(search: Search, new: NewFolder, *, picture: bool = True) -> None:
    """Fill the folder of a search.

    Raises GlassnetError where a file cannot be written.
    """
    file = new.part / SEARCH_FILE
    begin_search_file(file, search.origin, search.planned)
    append_to_search_file(file, search.candidates)
    with whole_file(new.part / LEADERBOARD) as part:
        write_columns(part, search.table())
    if picture:
        SearchDisplay.from_search(search).save(new.part / SETTINGS_PICTURE)
