"""The fusion of examples/: weights learnt on dev, kept as JSON, and members that ought not to spoil it."""

import json

import numpy as np
import pytest
from detecting import need, train

need("sklearn", "torch")

from detect import fusing  # noqa: E402

import voicefeat as vf  # noqa: E402

vm = vf.metrics


@pytest.mark.slow
def test_a_run_keeps_its_fusion(tmp_path):
    """The file's weights and the members' score files give the run's scores."""
    assert train(tmp_path, "toy/fusion", "report.draws=0") == 0
    name = "toy/fusion+draws=0/toy-clean/seed-0"
    fusion = fusing.load(tmp_path / name / fusing.FILE)
    assert fusion.names == ("toy/lfcc_gmm+draws=0", "toy/lfcc_svm+draws=0")
    found = json.loads((tmp_path / name / "metrics.json").read_text())
    line = vm.Calibration(**found["calibration"])
    for part in ("dev", "eval"):
        ours = vm.read_scores(tmp_path / name / f"scores_{part}.txt")
        members = [
            vm.read_scores(tmp_path / member / f"toy-clean/seed-0/scores_{part}.txt").select(ours.utterances)
            for member in fusion.names
        ]
        due = line.apply(fusion.apply([member.scores for member in members]))
        np.testing.assert_allclose(ours.scores, due, rtol=1e-4, atol=1e-4)


def test_there_and_back(tmp_path):
    rng = np.random.default_rng(0)
    y = np.repeat([1.0, 0.0], 40)
    fusion = fusing.fit(["a", "b"], [y + rng.standard_normal(80), 2 * y + rng.standard_normal(80)], y)
    fusing.save(fusion, tmp_path / fusing.FILE)
    assert fusing.load(tmp_path / fusing.FILE) == fusion
    assert fusing.told(fusion).startswith("a ")


GOOD = {"members": ["a"], "weights": [1.0], "offset": 0.0, "low": [-1.0], "high": [1.0]}


@pytest.mark.parametrize(
    "change",
    [
        {"weights": [1.0, 2.0]}, {"members": []}, {"low": [1.0]}, {"offset": None}, {"more": 1},
        {"weights": [float("nan")]}, {"high": "1"},
    ],
)  # fmt: skip
def test_a_file_that_is_no_fusion(change, tmp_path):
    path = tmp_path / fusing.FILE
    path.write_text(json.dumps(GOOD))
    assert fusing.load(path).weights == (1.0,)
    path.write_text(json.dumps(GOOD | change))
    with pytest.raises(vf.ParameterError, match=r"is no fusion that train\.py wrote"):
        fusing.load(path)


def test_a_file_that_is_not_there_or_no_json(tmp_path):
    with pytest.raises(vf.ParameterError, match="is not there"):
        fusing.load(tmp_path / "none.json")
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(vf.ParameterError, match="is no fusion"):
        fusing.load(tmp_path / "x.json")
