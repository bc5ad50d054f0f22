"""Makes model_v1.safetensors and model_v1.json: python tests/oracles/make_model.py. A model file of this format must open for ever.

Made once, by glassnet 0.1.0 with NumPy 2.4; make a new pair beside it only when the format's version changes.
"""

import json
from pathlib import Path

import glassnet as gn

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "examples" / "data" / "penguins.csv"
ROWS = (0, 3, 100, 200, 343)  # row 3 lacks every measure

if __name__ == "__main__":
    model = gn.train_table(TABLE, "species", hidden=(4, 3), epochs=20, seed=1)
    model.save(HERE / "model_v1.safetensors")
    shares = model.predict_proba(TABLE)[list(ROWS)].tolist()
    expected = {
        "rows": ROWS,
        "probabilities": shares,
        "scores": model.scores,
        "network": str(model.network),
    }
    (HERE / "model_v1.json").write_text(json.dumps(expected, indent=1) + "\n")
