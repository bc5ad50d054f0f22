"""Makes article.json from real R: python tests/oracles/make_article.py (needs Rscript).

Made with R 4.2.2 on Debian 12.
"""

import json
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
KEPT = (0, 1, 9, 99, 499, 999, 1499)  # of the 1,500 losses: enough to see where two programs part


def run_r(seed: int, iterations: int = 1500) -> dict[str, list[float]]:
    """Every line that article.R prints, by name."""
    command = ["Rscript", "--vanilla", str(HERE / "article.R"), str(seed), str(iterations)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return {name: [float(v) for v in values] for name, *values in map(str.split, lines)}


if __name__ == "__main__":
    version = subprocess.run(
        ["Rscript", "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    runs = {}
    for seed in range(1, 6):
        runs[seed] = run_r(seed)
        runs[seed]["loss"] = [runs[seed]["loss"][i] for i in KEPT]
    (HERE / "article.json").write_text(
        json.dumps({"made_by": version, "loss_at": [i + 1 for i in KEPT], "runs": runs}, indent=1)
        + "\n"
    )
