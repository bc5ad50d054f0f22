"""How much a training tries, by name: what each effort stands for where nothing is asked for."""

from typing import NamedTuple


class Effort(NamedTuple):
    """What an effort stands for.

    Parameters
    ----------
    members : int
        Networks of each settings.
    draws : int
        Settings drawn around the best, see `mixture.py`.
    hidden : tuple of int
        Nodes of each hidden layer.
    rate : float
        Times the optimizer's learning rate.
    iterations : int
        Updates of a network that is alone; without a search, of each of several too.
    min_epochs : int
        Epochs, however many updates they make.
    search : bool
        Whether the rows left out choose settings, and how long to train.
    """

    members: int
    draws: int = 0
    hidden: tuple[int, ...] = (64, 64)
    rate: float = 1.0
    iterations: int = 4000
    min_epochs: int = 30
    search: bool = True


EFFORTS = {
    "quick": Effort(
        members=1,
        hidden=(64,),
        rate=3.0,
        iterations=800,
        min_epochs=5,
        search=False,
    ),
    "default": Effort(members=4),
    "best": Effort(members=8, draws=7),
}
"""Name -> what it stands for. A number of seconds is "best" with as many draws as they allow."""
