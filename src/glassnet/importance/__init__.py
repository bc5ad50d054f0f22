"""Which columns matter to a network, and how: published measures, over many rows and for one.

`weights.py` reads the weights alone (Olden, Garson); `gradients.py`, `permutation.py` and
`profile.py` (Lek) run the network on rows of a table. All of them measure every network by itself,
so that their spread is seen. `contributions.py` tells what each column did for a single row, on the
way to what the members vote for. `first_layer.py` makes a change of few columns cheap, `ranking.py`
says where the dearer measures are worth their time. A single row's arithmetic is in `explanation/`,
pictures in `plots/`.
"""

from glassnet.importance.contributions import Contributions, contributions
from glassnet.importance.gradients import input_gradients
from glassnet.importance.permutation import permutation_importance
from glassnet.importance.profile import LekProfile, lek_profile
from glassnet.importance.result import Importance
from glassnet.importance.weights import garson, olden

__all__ = [
    "Contributions",
    "Importance",
    "LekProfile",
    "contributions",
    "garson",
    "input_gradients",
    "lek_profile",
    "olden",
    "permutation_importance",
]
