"""Which columns matter to a network, and how: published measures, over many rows and for one.

`weights.py` reads the weights alone (Olden, Garson); `gradients.py`, `permutation.py` and
`profile.py` (Lek) run the network on rows of a table. All of them measure every network by itself,
so that their spread is seen. `contributions.py` tells what each column did for a single row, on the
way to what the members vote for. `hidden_nodes.py` tells what each hidden node responds to and does
to the prediction, measured by `node_measures.py` and put into words by `node_text.py`.
`first_layer.py` makes a change of few columns cheap, `ranking.py` says where the dearer measures
are worth their time. A single row's arithmetic is in `explanation/`, pictures in `plots/`.
"""

from glassnet.importance.contributions import Contributions, contributions
from glassnet.importance.gradients import input_gradients
from glassnet.importance.hidden_nodes import HiddenNode, HiddenNodes, hidden_nodes
from glassnet.importance.permutation import permutation_importance
from glassnet.importance.profile import LekProfile, lek_profile
from glassnet.importance.result import Importance
from glassnet.importance.weights import garson, olden

__all__ = [
    "Contributions",
    "HiddenNode",
    "HiddenNodes",
    "Importance",
    "LekProfile",
    "contributions",
    "garson",
    "hidden_nodes",
    "input_gradients",
    "lek_profile",
    "olden",
    "permutation_importance",
]
