"""The public names of glassnet, each named once: here.

`glassnet.__getattr__` reads this file to know where a name lives.
"""

from glassnet.core.activations import (
    ACTIVATIONS as ACTIVATIONS,
)
from glassnet.core.activations import (
    OUTPUTS as OUTPUTS,
)
from glassnet.core.activations import (
    Activation as Activation,
)
from glassnet.core.initializers import (
    INITIALIZERS as INITIALIZERS,
)
from glassnet.core.initializers import (
    initialize as initialize,
)
from glassnet.core.losses import (
    LOSSES as LOSSES,
)
from glassnet.core.losses import (
    Loss as Loss,
)
from glassnet.core.losses import (
    binary_focal as binary_focal,
)
from glassnet.core.losses import (
    categorical_focal as categorical_focal,
)
from glassnet.core.losses import (
    huber as huber,
)
from glassnet.core.losses import (
    pinball as pinball,
)
from glassnet.core.network import (
    Network as Network,
)
from glassnet.core.network import (
    Parameters as Parameters,
)
from glassnet.core.network import (
    Trace as Trace,
)
from glassnet.core.network import (
    backprop as backprop,
)
from glassnet.core.network import (
    feedforward as feedforward,
)
from glassnet.core.optimizers import (
    OPTIMIZERS as OPTIMIZERS,
)
from glassnet.core.optimizers import (
    Adam as Adam,
)
from glassnet.core.optimizers import (
    AdamEpsilonHat as AdamEpsilonHat,
)
from glassnet.core.optimizers import (
    AdamW as AdamW,
)
from glassnet.core.optimizers import (
    GradientDescent as GradientDescent,
)
from glassnet.core.optimizers import (
    Momentum as Momentum,
)
from glassnet.core.optimizers import (
    Muon as Muon,
)
from glassnet.core.optimizers import (
    Nesterov as Nesterov,
)
from glassnet.core.optimizers import (
    Optimizer as Optimizer,
)
from glassnet.core.optimizers import (
    RMSprop as RMSprop,
)
from glassnet.core.optimizers import (
    Rprop as Rprop,
)
from glassnet.core.penalties import Penalty as Penalty
from glassnet.errors import (
    GlassnetError as GlassnetError,
)
from glassnet.errors import (
    GlassnetWarning as GlassnetWarning,
)
from glassnet.errors import (
    ModelFileError as ModelFileError,
)
from glassnet.errors import (
    OptionError as OptionError,
)
from glassnet.errors import (
    OutputError as OutputError,
)
from glassnet.errors import (
    TableError as TableError,
)
from glassnet.estimators.encoder import TableEncoder as TableEncoder
from glassnet.estimators.hidden_features import HiddenFeatures as HiddenFeatures
from glassnet.estimators.mlp.classifier import (
    MLPClassifier as MLPClassifier,
)
from glassnet.estimators.mlp.regressor import (
    MLPRegressor as MLPRegressor,
)
from glassnet.estimators.onnx import register_onnx_converters as register_onnx_converters
from glassnet.estimators.search.population_search import (
    PopulationSearchCV as PopulationSearchCV,
)
from glassnet.estimators.table.estimators import (
    TableClassifier as TableClassifier,
)
from glassnet.estimators.table.estimators import (
    TableRegressor as TableRegressor,
)
from glassnet.explanation.build import explain as explain
from glassnet.explanation.parts import Explanation as Explanation
from glassnet.exports.export import Export as Export
from glassnet.exports.export import export as export
from glassnet.gradcheck.check import (
    GradientCheck as GradientCheck,
)
from glassnet.gradcheck.check import (
    check_gradient as check_gradient,
)
from glassnet.gradcheck.custom import check_custom as check_custom
from glassnet.importance.contributions import (
    Contributions as Contributions,
)
from glassnet.importance.contributions import (
    contributions as contributions,
)
from glassnet.importance.gradients import input_gradients as input_gradients
from glassnet.importance.hidden_nodes import (
    HiddenNode as HiddenNode,
)
from glassnet.importance.hidden_nodes import (
    HiddenNodes as HiddenNodes,
)
from glassnet.importance.hidden_nodes import (
    hidden_nodes as hidden_nodes,
)
from glassnet.importance.ice import (
    Ice as Ice,
)
from glassnet.importance.ice import (
    ice as ice,
)
from glassnet.importance.permutation import permutation_importance as permutation_importance
from glassnet.importance.profile import (
    LekProfile as LekProfile,
)
from glassnet.importance.profile import (
    lek_profile as lek_profile,
)
from glassnet.importance.result import Importance as Importance
from glassnet.importance.weights import (
    garson as garson,
)
from glassnet.importance.weights import (
    olden as olden,
)
from glassnet.lab.widget import Lab as Lab
from glassnet.models.model import (
    Model as Model,
)
from glassnet.models.model import (
    load as load,
)
from glassnet.models.parameters.read import read_parameters as read_parameters
from glassnet.plots.activations import ActivationsDisplay as ActivationsDisplay
from glassnet.plots.calibration import CalibrationDisplay as CalibrationDisplay
from glassnet.plots.confusion_matrix import ConfusionMatrixDisplay as ConfusionMatrixDisplay
from glassnet.plots.decision_surface import DecisionSurfaceDisplay as DecisionSurfaceDisplay
from glassnet.plots.film import FilmDisplay as FilmDisplay
from glassnet.plots.fit import FitDisplay as FitDisplay
from glassnet.plots.gradients import GradientNormsDisplay as GradientNormsDisplay
from glassnet.plots.hidden_units import HiddenUnitsDisplay as HiddenUnitsDisplay
from glassnet.plots.ice import IceDisplay as IceDisplay
from glassnet.plots.importance import ImportanceDisplay as ImportanceDisplay
from glassnet.plots.lek_profile import LekProfileDisplay as LekProfileDisplay
from glassnet.plots.loss_curve import LossCurveDisplay as LossCurveDisplay
from glassnet.plots.loss_surface import LossSurfaceDisplay as LossSurfaceDisplay
from glassnet.plots.network.display import NetworkDisplay as NetworkDisplay
from glassnet.plots.precision_recall import PrecisionRecallDisplay as PrecisionRecallDisplay
from glassnet.plots.regression import RegressionDisplay as RegressionDisplay
from glassnet.plots.roc import RocCurveDisplay as RocCurveDisplay
from glassnet.plots.saturation import SaturationDisplay as SaturationDisplay
from glassnet.plots.search import SearchDisplay as SearchDisplay
from glassnet.plots.solutions import SolutionsDisplay as SolutionsDisplay
from glassnet.plots.spread import SpreadDisplay as SpreadDisplay
from glassnet.plots.studies import StudiesDisplay as StudiesDisplay
from glassnet.plots.study import StudyDisplay as StudyDisplay
from glassnet.plots.weights import WeightsDisplay as WeightsDisplay
from glassnet.plots.why import ContributionsDisplay as ContributionsDisplay
from glassnet.recipe.assessment.assess import Assessment as Assessment
from glassnet.recipe.assessment.intervals import ScoreDifference as ScoreDifference
from glassnet.recipe.assessment.intervals import ScoreInterval as ScoreInterval
from glassnet.recipe.assessment.intervals import score_intervals as score_intervals
from glassnet.recipe.run import train_table as train_table
from glassnet.runs.article import train_article as train_article
from glassnet.runs.folder import train_run as train_run
from glassnet.runs.open import RunFolder as RunFolder
from glassnet.runs.open import open_run as open_run
from glassnet.runs.resume import resume as resume
from glassnet.searches.candidate import TriedCandidate as TriedCandidate
from glassnet.searches.run import search as search
from glassnet.searches.search import Mattered as Mattered
from glassnet.searches.search import RankedCandidate as RankedCandidate
from glassnet.searches.search import Search as Search
from glassnet.studies.file import load_study as load_study
from glassnet.studies.run import study as study
from glassnet.studies.study import Study as Study
from glassnet.training.history import History as History
from glassnet.training.optax import Optax as Optax
from glassnet.training.population import Population as Population
from glassnet.training.population import train_population as train_population
from glassnet.training.run import (
    Run as Run,
)
from glassnet.training.run import (
    train as train,
)

__version__: str
