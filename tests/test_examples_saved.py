"""Detectors of examples/ are read back: the same scores, those of scikit-learn, and no pickle is read."""

import io
import pickle

import numpy as np
import pytest
from detecting import EXAMPLES, need

need("sklearn", "torch")

import torch  # noqa: E402
from detect import classic, config as configs, gmm, systems  # noqa: E402
from detect.features import Features  # noqa: E402

import voicefeat as vf  # noqa: E402

#: Every kind of classic model, with settings that change how it scores.
CLASSIC = [
    ("svm", {}),
    ("svm", {"kernel": "linear"}),
    ("svm", {"kernel": "poly", "degree": 2, "coef0": 0.7, "gamma": 0.2}),
    ("svm", {"kernel": "sigmoid", "coef0": -0.1}),
    ("logistic", {}),
    ("forest", {"n_estimators": 30}),
    ("forest", {"n_estimators": 30, "max_leaf_nodes": 6}),
    ("boosting", {"max_iter": 40}),
    ("boosting", {"max_iter": 40, "max_leaf_nodes": 5, "early_stopping": True}),
]
#: A network of each home, and the shape of an example.
NETWORKS = {"ann_dropout": "toy/ann_dropout", "lcnn": "toy/lfcc_lcnn", "lstm": "toy/lstm", "vit": "toy/vit"}


def quiet(*words, **told):
    """A log of nothing."""


@pytest.fixture(scope="module")
def vectors():
    """Vectors of 300 clips, their labels, and which are to learn from."""
    rng = np.random.default_rng(11)
    x = rng.standard_normal((300, 7)).astype(np.float32)
    y = (x[:, 0] * x[:, 1] + 0.3 * rng.standard_normal(300) > 0).astype(float)
    return Features(x, None, tuple("abcdefg"), 0.0, 0.0), y, {"train": np.arange(200)}


@pytest.mark.parametrize(
    ("kind", "settings"), CLASSIC, ids=lambda v: v if isinstance(v, str) else "-".join(v)
)
def test_classifiers_score_as_scikit_learn_does(kind, settings, vectors, tmp_path, monkeypatch):
    features, y, places = vectors
    theirs = []
    made = classic._classifier
    monkeypatch.setattr(classic, "_classifier", lambda *given: theirs.append(made(*given)) or theirs[0])
    model = classic.Classic(kind, **settings)
    model.fit(features, places, y, 0, tmp_path, quiet)
    ours = model.score(features, np.arange(300))
    z = (features.values.astype(float) - model.mean) / model.deviation
    if kind == "forest":
        share = np.clip(theirs[0].predict_proba(z)[:, 1], 1 / 60, 1 - 1 / 60)
        due = np.log(share / (1 - share))
    else:
        due = theirs[0].decision_function(z)
    np.testing.assert_allclose(ours, due, rtol=1e-9, atol=1e-9)
    model.save(tmp_path / "model.npz")
    again = classic.Classic(kind, **settings)
    again.load(tmp_path / "model.npz")
    np.testing.assert_allclose(again.score(features, np.arange(300)), ours, rtol=1e-9, atol=1e-12)
    assert again.parameters == model.parameters


def test_many_rows_are_scored_in_parts(vectors, tmp_path, monkeypatch):
    features, y, places = vectors
    model = classic.Classic("svm")
    model.fit(features, places, y, 0, tmp_path, quiet)
    whole = model.score(features, np.arange(300))
    monkeypatch.setattr(classic, "PART", 7)
    np.testing.assert_allclose(model.score(features, np.arange(300)), whole, rtol=1e-9, atol=1e-12)


def test_mixtures_are_read_back(tmp_path):
    rng = np.random.default_rng(5)
    frames = rng.standard_normal((400, 3)).astype(np.float32)
    frames[200:] += 1.5
    features = Features(frames, np.arange(0, 401, 20), ("a", "b", "c"), 0.0, 0.0)
    model = gmm.GMM(components=3)
    model.fit(features, {"train": np.arange(20)}, np.repeat([0.0, 1.0], 10), 0, tmp_path, quiet)
    model.save(tmp_path / "model.npz")
    again = gmm.GMM(components=3)
    again.load(tmp_path / "model.npz")
    np.testing.assert_array_equal(again.score(features, np.arange(20)), model.score(features, np.arange(20)))
    assert again.parameters == model.parameters == 2 * (3 + 9 + 9)


@pytest.mark.parametrize("kind", NETWORKS)
def test_networks_are_read_back(kind, tmp_path):
    torch.set_num_threads(1)
    made = configs.read(configs.find(NETWORKS[kind]), ["epochs=1", "batch=4"])
    assert made.model.kind == kind
    from detect.features import shape_of

    rng = np.random.default_rng(2)
    values = rng.standard_normal((12, *shape_of(made.input))).astype(np.float32)
    features = Features(values, None, (), 0.0, 0.0)
    model = systems.make(made)
    places = {"train": np.arange(8), "dev": np.arange(8, 12)}
    model.fit(features, places, np.tile([0.0, 1.0], 6), 0, tmp_path, quiet)
    model.save(tmp_path / model.file)
    again = systems.load(made, tmp_path)
    np.testing.assert_allclose(
        again.score(features, np.arange(12)), model.score(features, np.arange(12)), rtol=1e-6, atol=1e-6
    )
    assert again.parameters == model.parameters


class Danger:
    """What would be run if it were unpickled."""

    def __reduce__(self):
        return (exec, ("raise SystemExit('a pickle was run')",))


@pytest.mark.parametrize(("name", "file"), [("toy/lfcc_svm", "model.npz"), ("toy/lfcc_gmm", "model.npz"),
                                            ("toy/ann", "model.pt")])  # fmt: skip
def test_a_pickle_is_not_run(name, file, tmp_path):
    made = configs.read(configs.find(name))
    danger = pickle.dumps(Danger(), protocol=2)
    held = io.BytesIO()
    np.savez(held, **dict.fromkeys(classic.WRITTEN["svm"], np.array([Danger()], object)))
    for content in (danger, held.getvalue()):
        (tmp_path / file).write_bytes(content)
        with pytest.raises(vf.ParameterError, match=rf"{file}: "):
            systems.load(made, tmp_path)
    torch.save({"kind": "ann", "net": Danger(), "standardise": {}}, tmp_path / file)
    with pytest.raises(vf.ParameterError, match=rf"{file}: "):
        systems.load(made, tmp_path)


@pytest.mark.parametrize("kind", ["svm", "logistic", "forest", "boosting"])
def test_what_is_no_such_model(kind, vectors, tmp_path):
    """Another kind's file, half a file, arrays that do not go together, trees that lead round in a ring."""
    features, y, places = vectors
    path = tmp_path / "model.npz"

    def refused(change=None):
        if change:
            with np.load(whole) as held:
                arrays = {name: held[name].copy() for name in held}
            change(arrays)
            np.savez(path, **arrays)
        with pytest.raises(vf.ParameterError, match=r"model\.npz: ") as caught:
            classic.Classic(kind).load(path)
        assert "\n" not in str(caught.value)

    settings = {"forest": {"n_estimators": 3}, "boosting": {"max_iter": 5}}.get(kind, {})
    model = classic.Classic(kind, **settings)
    model.fit(features, places, y, 0, tmp_path, quiet)
    whole = tmp_path / "whole.npz"
    model.save(whole)
    other = classic.Classic("logistic" if kind != "logistic" else "svm")
    other.fit(features, places, y, 0, tmp_path, quiet)
    other.save(path)
    refused()
    path.write_bytes(whole.read_bytes()[:-100])
    refused()
    refused(lambda held: held.update(mean=held["mean"][:-1]))
    refused(lambda held: held.update(deviation=np.full(7, np.nan)))
    if kind == "forest":
        refused(lambda held: held["left"].__setitem__(0, 0))
        refused(lambda held: held["column"].__setitem__(0, 7))
        refused(lambda held: held["right"].__setitem__(0, 10**6))
    if kind == "boosting":
        refused(lambda held: held["nodes"]["left"].__setitem__(0, 0))
        refused(lambda held: held["nodes"]["feature_idx"].__setitem__(0, -1))
        refused(lambda held: held["sizes"].__setitem__(0, 1))


def test_every_kind_that_is_trained_is_read_back():
    kinds = {configs.read(path).model.kind for path in (EXAMPLES / "configs").rglob("*.toml")} - {"fusion"}
    for kind in kinds:
        model = systems.make(configs.Config(model=configs.Model(kind=kind)))
        assert callable(model.load)
