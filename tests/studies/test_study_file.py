"""The file of a study: all comes back to the last bit; what is damaged is refused in one line."""

from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.sealed import write_sealed
from glassnet.studies.file import STUDY_KIND
from glassnet.studies.outcomes import Outcomes
from glassnet.studies.study import Study

TABLE = {"a": list(range(40)), "b": ["u", "v"] * 20, "y": [3 * a % 7 for a in range(40)]}


@pytest.fixture(scope="module", params=["article", "table", "classes"])
def study(request: pytest.FixtureRequest) -> Study:
    if request.param == "article":
        return gn.study(networks=30)
    target = "y" if request.param == "table" else "b"
    return gn.study(TABLE, target, networks=5, hidden=(4, 3), epochs=20)


def test_all_comes_back(study: Study, tmp_path: Path) -> None:
    study.save(tmp_path / "s")
    again = gn.load_study(tmp_path / "s")
    for a, b in zip(again.outcomes, study.outcomes, strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.dtype == b.dtype
    for name in ("origin", "encoding", "network", "constant_loss", "shown_names", "score_names"):
        assert getattr(again, name) == getattr(study, name)
    assert again.planned == study.planned
    assert repr(again) == repr(study)
    assert again.table() == study.table()
    assert [len(one.networks) for one in again.solutions] == [
        len(one.networks) for one in study.solutions
    ]
    rows = TABLE if len(TABLE["a"]) and "a" in again.encoding.needed else None
    if rows is not None:
        assert again.model(2).predict(rows).tolist() == study.model(2).predict(rows).tolist()


def content_of(path: Path) -> tuple[str, dict[str, np.ndarray]]:
    with safe_open(path, framework="np") as file:
        return file.metadata()["glassnet"], {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def test_what_is_damaged_is_refused(study: Study, tmp_path: Path) -> None:
    whole, damaged = tmp_path / "s", tmp_path / "d"
    study.save(whole)
    text, arrays = content_of(whole)

    def refused(text: str, arrays: dict[str, np.ndarray]) -> str:
        write_sealed(damaged, text, arrays, STUDY_KIND)
        with pytest.raises(GlassnetError) as caught:
            gn.load_study(damaged)
        assert str(damaged) in str(caught.value)
        assert len(str(caught.value)) < 400
        return str(caught.value)

    for name in arrays:
        refused(text, {key: array for key, array in arrays.items() if key != name})
        refused(text, {**arrays, name: arrays[name][None]})
        with np.errstate(invalid="ignore"):  # NaN
            whole_numbers = arrays[name].astype(np.int32)
        refused(text, {**arrays, name: whole_numbers})
    refused(text, {**arrays, "more": np.zeros(3)})
    ended = arrays["outcomes.ended"].copy()
    ended[0] = 99
    assert "an ending" in refused(text, {**arrays, "outcomes.ended": ended})
    assert "not the file of a study" in refused(text.replace("glassnet-study", "other"), arrays)
    assert "version 2" in refused(text.replace('"version": 1', '"version": 2'), arrays)
    for wrong in ("", "[]", "{}", text[:-20], text.replace('"bias"', '"bia"')):
        refused(wrong, arrays)


def test_a_file_that_was_changed_is_refused(study: Study, tmp_path: Path) -> None:
    study.save(tmp_path / "s")
    content = bytearray((tmp_path / "s").read_bytes())
    content[-5] ^= 1
    (tmp_path / "s").write_bytes(content)
    with pytest.raises(GlassnetError, match="was altered after it was written"):
        gn.load_study(tmp_path / "s")
    (tmp_path / "s").write_bytes(content[: len(content) // 2])
    with pytest.raises(GlassnetError, match="is not a study file, or is cut short"):
        gn.load_study(tmp_path / "s")


def test_other_files_are_no_studies(tmp_path: Path) -> None:
    gn.train_table(TABLE, "y", epochs=1, hidden=2, bins=0, members=1).save(tmp_path / "m")
    with pytest.raises(GlassnetError, match="is not the file of a study"):
        gn.load_study(tmp_path / "m")
    save_file({"a": np.zeros(2)}, tmp_path / "t")
    with pytest.raises(GlassnetError, match="not one that glassnet wrote"):
        gn.load_study(tmp_path / "t")
    with pytest.raises(GlassnetError, match="no such study file"):
        gn.load_study(tmp_path / "none")
    with pytest.raises(GlassnetError, match="is a folder"):
        gn.load_study(tmp_path)


def test_custom_functions_cannot_be_kept(study: Study, tmp_path: Path) -> None:
    assert isinstance(study.outcomes, Outcomes)
    with pytest.raises(GlassnetError, match="there is no folder"):
        study.save(tmp_path / "no" / "s")
