"""`predict_members`: every member's answer, as that member alone would give it."""

import numpy as np
import pytest

import glassnet as gn
from glassnet.errors import GlassnetError

RANDOM = np.random.default_rng(4)
N = 90
TABLE = {"a": RANDOM.normal(size=N).tolist(), "b": RANDOM.choice(["u", "v", "w"], N).tolist()}
TABLE["y"] = [a * a + (b == "u") for a, b in zip(TABLE["a"], TABLE["b"], strict=True)]
TABLE["z"] = [3 * y - a for y, a in zip(TABLE["y"], TABLE["a"], strict=True)]
TABLE["two"] = ["high" if y > 0.7 else "low" for y in TABLE["y"]]
SMALL = {"members": 3, "hidden": 4, "epochs": 20, "bins": 0, "seed": 1}


@pytest.mark.parametrize("target", ["y", ["y", "z"], "two", "b"], ids=str)
@pytest.mark.filterwarnings("ignore::glassnet.GlassnetWarning")
def test_they_are_what_the_members_say_alone(target: str | list[str]) -> None:
    model = gn.train_table(TABLE, target, **SMALL)
    found = model.predict_members(TABLE)
    assert len(found) == 3
    for number, of_member in enumerate(found):
        member = model.member(number)
        if target == "two":
            wanted = member.predict_proba(TABLE)[:, 1]
        else:
            wanted = member.predict_proba(TABLE) if target == "b" else member.predict(TABLE)
        np.testing.assert_allclose(of_member, wanted, rtol=1e-12)


def test_a_model_of_one_network_has_one_row() -> None:
    model = gn.train_table(TABLE, "y", **{**SMALL, "members": 1})
    assert model.predict_members(TABLE).shape == (1, N)
    np.testing.assert_allclose(model.predict_members(TABLE)[0], model.predict(TABLE))


def test_a_column_that_lacks() -> None:
    model = gn.train_table(TABLE, "y", **SMALL)
    with pytest.raises(GlassnetError, match="lacks"):
        model.predict_members({"a": [1.0]})
    with pytest.warns(gn.GlassnetWarning):
        model.predict_members({"a": [1.0]}, missing_columns=True)
