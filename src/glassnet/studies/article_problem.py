"""The article's problem, trained from many starts: network p is that of ``glassnet demo --seed p``.

More exactly, of the program's seed + p.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from glassnet import article
from glassnet.article import Program
from glassnet.core.network import Parameters
from glassnet.core.optimizers import GradientDescent
from glassnet.models.record import AverageRow, Record
from glassnet.studies.problem import ShownRows, StudyProblem, as_json, constant_loss
from glassnet.studies.study import Study
from glassnet.tables.encoding import plain_encoding
from glassnet.training.engines.registry import choose
from glassnet.training.population import train_population
from glassnet.training.run import Progress, Run

PRINTED_DIGITS = 3  # decimals of the article's table


@dataclass(frozen=True, eq=False)
class ArticleProblem(StudyProblem):
    """The article's problem; network p starts from the program's seed + p.

    Parameters
    ----------
    program : Program
        What is run of each seed.
    engine : str
        What runs it.
    """

    program: Program
    engine: str

    def seed(self, number: int) -> int:
        """The program's seed + its number."""
        return self.program.seed + number

    def start(self, number: int) -> Parameters:
        """The program's start with that seed."""
        return replace(self.program, seed=self.seed(number)).start(self.network)

    def train(self, numbers: Sequence[int], progress: Progress | None) -> Sequence[Run]:
        """On the article's rows, as the program does."""
        return train_population(
            self.network,
            [self.start(number) for number in numbers],
            article.X,
            article.Y,
            optimizer=GradientDescent(self.program.learning_rate),
            epochs=self.epochs,
            engine=self.engine,
            progress=progress,
            warn=False,
        )


def article_problem(program: Program, engine: str = "auto") -> ArticleProblem:
    """The article's problem, as an engine runs it."""
    network = program.network()
    x, y = np.array(article.X), np.array(article.Y)[:, None]
    chosen = choose(engine, network).engine.name
    options = {
        "hidden": program.hidden,
        "learning_rate": program.learning_rate,
        "bias": program.bias,
        "epochs": program.iterations,
        "seed": program.seed,
        "batch_size": len(x),
        "loss": network.loss.name,
        "optimizer": "gradient_descent",
    }
    return ArticleProblem(
        network=network,
        encoding=plain_encoding(article.INPUT_NAMES, [article.TARGET_NAME]),
        record=Record(
            targets=(article.TARGET_NAME,),
            options=options,
            average_row=AverageRow(tuple(x.mean(axis=0).tolist()), len(x)),
        ),
        epochs=program.iterations,
        batches=1,
        shown=ShownRows(x, y, np.arange(len(x)) + 1),
        constant_loss=constant_loss(network, y),
        origin=as_json({"problem": "article", "engine": chosen, **asdict(program)}),
        program=program,
        engine=chosen,
    )


@dataclass(frozen=True)
class Published:
    """Where the table that the article prints lies among the networks of a study.

    Attributes
    ----------
    loss : float
        The sum of squares of its four predictions.
    below : float
        The fraction of networks whose loss is lower.
    same_seeds : tuple of int
        The seeds of the networks whose predictions are the same in all digits that it prints.
    """

    loss: float
    below: float
    same_seeds: tuple[int, ...]


def published(study: Study) -> Published | None:
    """The article's table among the networks of a study; None where another program was studied."""
    plain = as_json(asdict(Program()))
    draws = ("seed", "rng")
    if study.origin.get("problem") != "article" or any(
        study.origin.get(name) != value for name, value in plain.items() if name not in draws
    ):
        return None
    predictions = study.outcomes.predictions[:, :, 0]
    loss = float(((np.array(article.PRINTED) - article.Y) ** 2).sum())
    same = (np.round(predictions, PRINTED_DIGITS) == article.PRINTED).all(axis=1)
    seeds = tuple(study.outcomes.seed[same].tolist())
    return Published(loss, float((study.losses < loss).mean()), seeds)
