"""The programs that `bench/tables.py` and `bench/curves.py` set beside glassnet: each as it comes,
with one thread, and with categorical columns as it wants them. A program that is not installed is
left out and named on stderr. What they need stands in `bench/requirements.txt`.
"""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, NamedTuple

import pandas as pd

from bench import tuned


class Peer(NamedTuple):
    """The package it needs, and how to make it for (inputs, whether classes, seed)."""

    package: str
    make: Callable[[pd.DataFrame, bool, int], Any]


def installed(names: Sequence[str]) -> list[str]:
    """Those of the models that can run here; a line to stderr for each peer that cannot."""
    missing = [name for name in names if name in PEERS and find_spec(PEERS[name].package) is None]
    for name in missing:
        package = PEERS[name].package
        print(f"the package {package} is not installed: without {name}", file=sys.stderr)
    return [name for name in names if name not in missing]


def versions(models: Sequence[str]) -> dict[str, str]:
    """The version of each package that these models need."""
    packages = dict.fromkeys(PEERS[name].package for name in models if name in PEERS)
    names = ("scikit-learn" if package == "sklearn" else package for package in packages)
    return {name: version(name) for name in names}


def with_categories(x: pd.DataFrame) -> pd.DataFrame:
    """Columns that are no numbers as categories, of all rows, so that all parts know them."""
    return x.astype(
        {name: "category" for name in x if not pd.api.types.is_numeric_dtype(x[name].dtype)}
    )


def _text(x: pd.DataFrame) -> list[str]:
    return [name for name in x if isinstance(x[name].dtype, pd.CategoricalDtype)]


def _piped(
    classifier: Any, regressor: Any, x: pd.DataFrame, classify: bool, scale_target: bool = False
) -> Any:
    """The usual pipeline: numbers filled in and scaled, text one-hot."""
    from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    columns = ColumnTransformer(
        [("text", OneHotEncoder(handle_unknown="ignore"), _text(x))],
        remainder=numbers,
        sparse_threshold=0,
    )
    if scale_target and not classify:
        regressor = TransformedTargetRegressor(regressor, transformer=StandardScaler())
    return make_pipeline(columns, classifier if classify else regressor)


def _mlp(x: pd.DataFrame, classify: bool, seed: int, **settings: Any) -> Any:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    models = [kind(random_state=seed, **settings) for kind in (MLPClassifier, MLPRegressor)]
    return _piped(models[0], models[1], x, classify, scale_target=True)


def _stopped_mlp(x: pd.DataFrame, classify: bool, seed: int) -> Any:
    return _mlp(x, classify, seed, early_stopping=True)


def _linear(x: pd.DataFrame, classify: bool, _seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression, Ridge

    return _piped(LogisticRegression(max_iter=1000), Ridge(), x, classify)


def _trees(_x: pd.DataFrame, classify: bool, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if classify else HistGradientBoostingRegressor
    return kind(categorical_features="from_dtype", random_state=seed)


def _lightgbm(_x: pd.DataFrame, classify: bool, seed: int) -> Any:
    from lightgbm import LGBMClassifier, LGBMRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    kind = LGBMClassifier if classify else LGBMRegressor
    model = kind(n_jobs=1, random_state=seed, verbosity=-1)
    return make_pipeline(FunctionTransformer(_numbered_columns), model)


def _tuned_lightgbm(_x: pd.DataFrame, classify: bool, seed: int, ensemble: bool) -> Any:
    booster = tuned.lightgbm(_numbered_columns, classify, seed)
    return tuned.Tuned(booster, classify, seed, ensemble)


def _tuned_catboost(x: pd.DataFrame, classify: bool, seed: int, ensemble: bool) -> Any:
    booster = tuned.catboost(_text_without_gaps, _text(x), classify, seed)
    return tuned.Tuned(booster, classify, seed, ensemble)


def _numbered_columns(x: pd.DataFrame) -> pd.DataFrame:
    """LightGBM takes no column whose name has a bracket or a colon."""
    return x.set_axis([f"x{i}" for i in range(x.shape[1])], axis=1)


def _catboost(x: pd.DataFrame, classify: bool, seed: int) -> Any:
    from catboost import CatBoostClassifier, CatBoostRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    kind = CatBoostClassifier if classify else CatBoostRegressor
    model = kind(
        cat_features=_text(x),
        thread_count=1,
        random_seed=seed,
        verbose=False,
        allow_writing_files=False,
    )
    return make_pipeline(FunctionTransformer(_text_without_gaps), model)


def _text_without_gaps(x: pd.DataFrame) -> pd.DataFrame:
    """CatBoost takes missing numbers, but wants text for a missing category."""
    return x.assign(
        **{name: x[name].astype(object).where(x[name].notna(), "missing") for name in _text(x)}
    )


def _realmlp(x: pd.DataFrame, classify: bool, seed: int) -> Any:
    from pytabkit import RealMLP_TD_Classifier, RealMLP_TD_Regressor

    return _pytabkit(RealMLP_TD_Classifier if classify else RealMLP_TD_Regressor, x, seed)


def _tabm(x: pd.DataFrame, classify: bool, seed: int) -> Any:
    from pytabkit import TabM_D_Classifier, TabM_D_Regressor

    return _pytabkit(TabM_D_Classifier if classify else TabM_D_Regressor, x, seed)


def _pytabkit(kind: Any, x: pd.DataFrame, seed: int) -> Any:
    """They take categories, but no missing numbers."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline

    filled = ColumnTransformer(
        [("text", "passthrough", _text(x))],
        remainder=SimpleImputer(strategy="median", add_indicator=True),
    ).set_output(transform="pandas")
    return make_pipeline(filled, kind(device="cpu", n_threads=1, random_state=seed))


PEERS: dict[str, Peer] = {
    "MLP": Peer("sklearn", _mlp),
    "MLP, early stopping": Peer("sklearn", _stopped_mlp),
    "linear": Peer("sklearn", _linear),
    "boosted trees": Peer("sklearn", _trees),
    "LightGBM": Peer("lightgbm", _lightgbm),
    "CatBoost": Peer("catboost", _catboost),
    "LightGBM, tuned": Peer("lightgbm", partial(_tuned_lightgbm, ensemble=False)),
    "LightGBM, tuned ensemble": Peer("lightgbm", partial(_tuned_lightgbm, ensemble=True)),
    "CatBoost, tuned": Peer("catboost", partial(_tuned_catboost, ensemble=False)),
    "CatBoost, tuned ensemble": Peer("catboost", partial(_tuned_catboost, ensemble=True)),
    "RealMLP-TD": Peer("pytabkit", _realmlp),
    "TabM-D": Peer("pytabkit", _tabm),
}
"""Name -> peer: scikit-learn's first, "boosted trees" being its histogram gradient boosting."""

SLOW = ("RealMLP-TD", "TabM-D", *(name for name in PEERS if "tuned" in name))
"""Peers that take minutes for a table of some thousand rows: measured where they are named."""
