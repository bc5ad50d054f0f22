"""Makes NAME.safetensors and NAME.json, a model file that must open for ever, and what it predicts.

``python tests/oracles/make_model.py NAME``, once for each format, by the version that wrote it:

* model_v1: format 1, one network; glassnet 0.1.0 before there were ensembles, NumPy 2.4.
* model_v1_ensemble: format 1, four members joined into one network; the last version that wrote
  format 1 (commit 008f3e5), NumPy 2.4.
* model_v2: format 2, four members with different votes; the first version that wrote it.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

import glassnet as gn

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "examples" / "data" / "penguins.csv"
ROWS = (0, 3, 100, 200, 343)  # row 3 lacks every measure
VOTES = (1.0, 2.0, 0.5, 1.0)


def make_model(name: str) -> gn.Model:
    model = gn.train_table(TABLE, "species", hidden=(4, 3), epochs=20, seed=1)
    if name != "model_v2":
        return model
    pairs = zip(model.members, VOTES, strict=True)
    return replace(model, members=tuple(replace(member, vote=vote) for member, vote in pairs))


if __name__ == "__main__":
    name = sys.argv[1]
    model = make_model(name)
    model.save(HERE / f"{name}.safetensors")
    expected = {
        "rows": ROWS,
        "probabilities": model.predict_proba(TABLE)[list(ROWS)].tolist(),
        "scores": model.scores,
    }
    (HERE / f"{name}.json").write_text(json.dumps(expected, indent=1) + "\n")
