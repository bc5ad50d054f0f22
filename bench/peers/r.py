"""R: the article in plain R (`article.R`), in one R process that trains once for each line it is
sent.

R draws the start itself: after set.seed(1) its numbers are those of glassnet's `initialize(...,
rng="r")`, which the final loss proves. The line and its answer cost some hundredths of a
millisecond.
"""

import subprocess
from pathlib import Path

from bench.peers import Task
from bench.workloads import Given

ARTICLE = Path(__file__).parents[1] / "article.R"


def forms(_given: Given, _quick: bool) -> list[Task]:
    command = ["Rscript", str(ARTICLE), "serve"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdin is not None
    assert process.stdout is not None
    send, answer = process.stdin.write, process.stdout.readline

    def fit(_: None) -> str:
        send("train\n")
        return answer()

    return [Task("the article's loop", fit, float, process=process.pid)]
