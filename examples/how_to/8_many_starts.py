"""
Many starts
===========

One network from one random start says little: how lucky was it? Small networks are cheap enough to
train by the thousand, so here is the article's program from 100,000 starts. Network p is what
``glassnet demo --seed`` shows of seed p + 1; ``glassnet study --networks 100000`` prints and draws
what follows.
"""

# %%
from time import perf_counter

import glassnet as gn
from glassnet import article

began = perf_counter()
study = gn.study(networks=100_000)
print(f"{perf_counter() - began:.0f} seconds for {study}")

# %%
# How many reach which loss
# -------------------------
#
# All loss curves in one picture: the darker, the more networks had that loss at that iteration.
# They wait on a plateau, where the network says 0.5 to every row, and fall one after the other.
# The dotted line is the article's own result.

printed = {"the article's table": article.PRINTED}
loss = sum((p - y) ** 2 for p, y in zip(article.PRINTED, article.Y, strict=True))
gn.StudyDisplay.from_study(study, marks={"the article's table": loss})

# %%
# A network is *stuck* where it lacks more than a tenth of what the best one explains. How often
# does the article's recipe fail?

print(f"{study.stuck.sum()} of {len(study):,} are stuck; their losses:")
print(sorted(study.losses[study.stuck].round(3).tolist())[:12], "...")
for one in study.reached():
    fastest, median, slowest = one.epochs
    print(
        f"{one.loss:>6g}: {one.networks:>7,} networks, after {fastest} to {slowest} iterations, "
        f"median {median}"
    )

# %%
# Where the article's table lies
# ------------------------------
#
# The article prints 0.017, 0.975, 0.982 and 0.024, and set no seed. So it is one of these:

below = (study.losses < loss).mean()
print(f"its loss, {loss:.6f}, is lower than {100 * (1 - below):.1f} % of the networks reach")
digits = study.outcomes.predictions[:, :, 0].round(3)
same = (digits == article.PRINTED).all(axis=1)
print(f"{same.sum()} networks predict its very digits, first seeds {study.outcomes.seed[same][:5]}")

gn.SpreadDisplay.from_study(study, marks=printed)

# %%
# How those that are stuck differ
# -------------------------------
#
# Each thing that is measured, its mean over either group, and how well it tells them apart: the
# chance that a stuck network has more of it than another, 0.5 being luck.

for one in study.differences():
    print(f"{one.tells:.2f}  {one.stuck:8.3f} against {one.others:8.3f}  {one.name}")

# %%
# The few kinds of solution
# -------------------------
#
# Hidden nodes may stand in any order, and a sigmoid may be turned round with what follows it.
# Matched up to that, most of the networks found one of a few solutions. A map is one of them: its
# nodes from left to right, the four rows from top to bottom.

gn.SolutionsDisplay.from_study(study)

# %%
# What the settings do
# --------------------
#
# The same from 2,000 starts with other learning rates, hidden nodes, and with biases.

rates = {f"rate {rate:g}": gn.study(networks=2000, learning_rate=rate) for rate in (0.1, 0.3, 1)}
rates |= {f"rate {rate:g}": gn.study(networks=2000, learning_rate=rate) for rate in (3, 10, 30)}
gn.StudiesDisplay.from_studies(rates)

# %%
nodes = {f"{n} hidden": gn.study(networks=2000, hidden=n) for n in (1, 2, 3, 4, 8, 16)}
gn.StudiesDisplay.from_studies(nodes)

# %%
biases = {
    f"{n} hidden, {'with' if bias else 'no'} biases": gn.study(networks=2000, hidden=n, bias=bias)
    for n in (2, 4)
    for bias in (False, True)
}
gn.StudiesDisplay.from_studies(biases)

# %%
# On a table of yours
# -------------------
#
# Every network is trained as the only one of ``train_table``, and the rows held out say how much
# of a score is the luck of the start. Any of them is a model: ``study.model()`` is the best.

cars = gn.study("../data/cars.csv", "miles_per_gallon", networks=200, ignore="name")
print(cars)
for name, (low, median, high) in cars.scores().items():
    print(f"{name}: {low:.3f} to {high:.3f}, median {median:.3f}")

gn.SpreadDisplay.from_study(cars)
