"""
Explain a prediction
====================

Why does the network say that? `explain` begins with the prediction, what each column contributed to
it and, where it is wrong, which columns pulled it there; it can say what another cell would change;
and then it writes down every sum and product, from the cell of the table to the prediction in the
target's own unit. For which columns matter over all rows, see the page on importance.
"""

# %%
# Why is this row predicted so?
# -----------------------------
#
# Any trained model will do, and any row of a table; rows count from 0 in Python and from 1 in a
# shell, where the same is ``glassnet explain runs/cars --row 1``.

# sphinx_gallery_thumbnail_path = 'reference/drawn/why.png'

import tempfile

import glassnet as gn

cars = "../data/cars.csv"
model = gn.train_table(
    cars,
    target="miles_per_gallon",
    members=1,
    hidden=4,
    ignore=["name"],
    bins=0,
)
explanation = gn.explain(model, cars, rows=0)
print(explanation.text()[:1500], "...")

# %%
# The bars are *integrated gradients* (Sundararajan, Taly and Yan 2017): the model is followed along
# the straight line from the average row to this one, and what its prediction gains on the way is
# put down to the columns. They add up to the difference between the two predictions. They do not
# say what causes what (what another cell would change, a what-if says); columns that tell the same
# have one contribution between them. All rows at once: ``gn.contributions(model, cars)``; as a
# picture: ``glassnet plot why RUN --row 1``.

print(explanation.rows[0].summary[0].sentence)
for one in explanation.rows[0].summary[0].contributions[:3]:
    print(f"{one.column} = {one.cell}: {one.value:+.2f}")

# %%
# What if a cell were another?
# ----------------------------
#
# ``"+2"`` and ``"-2"`` add to a number, or to the days of a date; any other text is set, written as
# in the table; ``"=-2"`` sets a number below 0; ``""`` or None is a missing cell. Several columns
# can change at once. In a shell: ``--what-if weight_lbs=-500 --what-if origin=Europe``,
# ``--what-if x==-2``, ``--what-if x=``. A category that training never saw counts as missing, which
# is said.

changed = gn.explain(model, cars, rows=0, what_if={"weight_lbs": "-500", "origin": "Europe"})
text = changed.text()
start = text.index("row 1, what if")
print(text[start : text.index("Method:")])

# %%
# Why is this row wrong?
# ----------------------
#
# ``glassnet explain RUN --worst 3`` takes the three held-out rows that were predicted worst, wrong
# classes first, and says of each which columns pulled it there: towards the predicted class and
# away from the actual one, or of a number up or down; which of its cells are unusual beside the
# rows trained on; and what the actual values of the rows most like it are. `predictions.csv` in the
# run folder lists all held-out rows.
#
# After its scores `glassnet train` trains once more on all rows, the held-out ones too. So of a row
# that was held out ``glassnet explain RUN --row N`` asks the model that the scores are of
# (`scored.safetensors`), which had not seen the row, and says so; ``--model final`` and
# ``--model scored`` choose. In Python that is ``gn.explain(run.scored_model, ...)``.

with tempfile.TemporaryDirectory() as folder:
    run = gn.train_run(cars, "miles_per_gallon", f"{folder}/cars", members=1, epochs=60)
    found = run.predictions
    errors = [abs(a - p) for a, p in zip(found["actual"], found["prediction"], strict=True)]
    worst = found["row"][errors.index(max(errors))]
    summary = gn.explain(run.scored_model, cars, rows=worst - 1).rows[0].summary[0]

print(f"row {worst}: {summary.sentence}")
print(summary.pulled)

# %%
# Every number
# ------------
#
# After that comes the arithmetic: the cell and each step of its encoding, the sum of each node with
# every product, the activations, and the way back to miles per gallon. A notebook shows it as a
# page.

gn.explain(model, cars, rows=0)

# %%
# On a terminal the same comes as text, and ``digits`` says how many are shown. Where an equation
# does not hold at these digits, ≈ stands in place of =. The end of it:

print(gn.explain(model, cars, rows=0).text(digits=6)[-900:])

# %%
# Large networks
# --------------
#
# Networks of more than 200 weights, all members together, would fill pages: of these text and
# Markdown show the arithmetic of the output alone. ``text(whole=True)`` (``--whole``) shows all
# layers and members. Of wide layers only those nodes are written out that send the most to the next
# layer, and how many are left out is said. Ask for the ones you want, as pairs of layer and node,
# both from 0 (``--node 2.6``); ``"all"`` shows everything.

wide = gn.train_table(cars, target="miles_per_gallon", members=1, epochs=40, ignore=["name"])
print(len(gn.explain(wide, cars, rows=0).text().splitlines()), "lines")
text = gn.explain(wide, cars, rows=0, nodes=[(1, 5)]).text()
start = text.index("Layer 2")
print(text[start : start + 700], "...")

# %%
# The way back
# ------------
#
# ``backward=True`` goes on to the delta of each node, with the factors of the chain rule, every
# gradient, and what one step of gradient descent on this row would make of each weight.

text = gn.explain(model, cars, rows=0, backward=True).text()
start = text.index("Back through")
print(text[start : start + 1200], "...")

# %%
# For a lesson, a report, a program
# ---------------------------------
#
# On the page, a click, a tap or Enter pins a number, goes to where it was made, and lists what it
# is made from; Esc lets go, Back retraces, and the arrow keys walk from number to number.
#
# ``markdown()`` writes LaTeX formulas, ``html()`` one page without anything from outside,
# ``to_dict()`` plain data with all digits; in a shell ``--format md``, ``html`` or ``json``. Lines
# of text are as long as the terminal is wide (``text(width=80)``).

print(explanation.markdown()[:600], "...")
print(list(explanation.to_dict()))
