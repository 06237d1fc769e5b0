"""The adapters of examples/adapters with the libraries they are for, and the page that shows them.

PyTorch and Keras may be missing; with CI_EXAMPLES set in the environment a missing one is a failure.
"""

import ast
import importlib
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from signals import speech
from test_architecture import code_lines
from test_docs import blocks

import voicefeat as vf

ROOT = Path(__file__).resolve().parents[1]
ADAPTERS = ROOT / "examples" / "adapters"
FRONT = vf.frontend("asvspoof2019-lfcc")
SR = 16000


def needed(package):
    if "CI_EXAMPLES" in os.environ:
        return importlib.import_module(package)
    return pytest.importorskip(
        package, reason=f"{package} is not installed; CI_EXAMPLES=1 would make that fail"
    )


@pytest.fixture
def adapter(monkeypatch):
    if not ADAPTERS.is_dir():
        pytest.skip("the examples are not beside the tests")
    monkeypatch.syspath_prepend(str(ADAPTERS))
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    return importlib.import_module


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Twelve recordings of different lengths, every second one through a telephone codec: a toy."""
    folder, paths = tmp_path_factory.mktemp("toy"), []
    for k in range(12):
        y = speech(SR, 4.0)[2000 * k : 2000 * k + 9000 + 3000 * (k % 3)]
        y = y if k % 2 else vf.augment.codec(y, SR, name="gsm")
        paths.append(folder / f"clip{k:02}.wav")
        soundfile.write(paths[-1], y, SR)
    return paths, [k % 2 for k in range(12)]


def test_they_are_short():
    """In lines of code; the front end for PyTorch has all stages in it."""
    for path in ADAPTERS.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        lines = len(code_lines(ast.parse(text), text))
        assert lines <= (120 if path.name == "torch_front_end.py" else 80), f"{path.name} has {lines} lines"


@pytest.mark.parametrize(
    "name, package, pip",
    [
        ("embedding_extractor", "transformers", "torch transformers"),
        ("huggingface_extractor", "transformers", "transformers"),
        ("keras_sequential", "keras", "keras torch"),
        ("onnx_extractor", "onnxruntime", "onnxruntime"),
        ("sklearn_features", "sklearn", "scikit-learn"),
        ("torch_dataset", "torch", "torch"),
        ("torch_front_end", "torch", "torch"),
    ],
)
def test_a_package_that_is_missing_is_named(adapter, monkeypatch, name, package, pip):
    if name == "embedding_extractor":
        needed("torch")
    for known in [known for known in sys.modules if known.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, known)
    monkeypatch.setitem(sys.modules, package, None)  # what Python takes for a module that is not there
    monkeypatch.delitem(sys.modules, name, raising=False)
    called = {"sklearn": "scikit-learn"}.get(package, package)
    with pytest.raises(ModuleNotFoundError, match=rf"^{called} is not installed: pip install {pip}$"):
        adapter(name)


class TestScikitLearn:
    @pytest.fixture
    def features(self, adapter):
        pytest.importorskip("sklearn")
        return adapter("sklearn_features").VoiceFeatures

    @pytest.mark.slow
    def test_rows_are_those_of_the_library(self, features, corpus):
        paths, _ = corpus
        made = features("asvspoof2019-lfcc", pooling="mean+std").fit_transform(paths)
        assert made.shape == (12, 120)
        x = FRONT(vf.load(paths[3], sr=SR)[0], SR).astype(float)
        np.testing.assert_allclose(made[3, ::2], x.mean(axis=1), rtol=1e-12)
        np.testing.assert_allclose(made[3, 1::2], x.std(axis=1), rtol=1e-12)
        signals = [vf.load(p, sr=SR)[0] for p in paths]
        np.testing.assert_array_equal(features(FRONT).fit(signals).transform(signals), made)

    def test_names_and_tables(self, features, corpus):
        one = features("mfcc", {"n_mfcc": 2}, pooling="stats").fit(corpus[0])
        names = list(one.get_feature_names_out())
        assert names[:3] == ["mfcc_0_mean", "mfcc_0_std", "mfcc_0_min"] and len(names) == 14
        table = one.set_output(transform="pandas").transform(corpus[0])
        assert list(table.columns) == names and table.shape == (12, 14)

    def test_clones_and_is_unfitted_before(self, features, corpus):
        from sklearn.base import clone
        from sklearn.exceptions import NotFittedError

        one = features(FRONT.replace(n_filters=30), {"fmax": 4000.0}, pooling="mean")
        same = clone(one)
        assert same.get_params() == one.get_params() and same is not one
        with pytest.raises(NotFittedError):
            same.transform(corpus[0])

    def test_searched_in_a_pipeline(self, features, corpus):
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import GridSearchCV
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        pipe = make_pipeline(features(), StandardScaler(), LogisticRegression())
        grid = {
            "voicefeatures__settings": [{"n_filters": 30}, {"n_filters": 20, "fmax": 3000.0}],
            "voicefeatures__pooling": ["mean", "mean+std"],
        }
        search = GridSearchCV(pipe, grid, cv=3).fit(*corpus)
        assert not np.isnan(search.cv_results_["mean_test_score"]).any()
        assert search.best_score_ > 0.8  # GSM has nothing above 4 kHz
        assert len(search.best_estimator_[0].columns_) in (60, 120)

    @pytest.mark.parametrize(
        "settings, told",
        [
            (dict(pooling="max"), "pooling='max'"),
            (dict(feature="mfc"), "did you mean .*mfcc"),
            (dict(settings={"n_filtres": 5}), "n_filters"),
        ],
    )
    def test_bad_settings(self, features, corpus, settings, told):
        with pytest.raises(ValueError, match=told):
            features(**settings).fit(corpus[0])

    def test_one_recording_is_no_list(self, features, corpus):
        for alone in (str(corpus[0][0]), np.zeros(99), []):
            with pytest.raises(ValueError, match=r"write \[y\] for one"):
                features().fit(alone)


class TestTorch:
    @pytest.fixture
    def torch(self):
        return needed("torch")

    @pytest.fixture
    def module(self, torch, adapter):
        return adapter("torch_dataset")

    @pytest.mark.slow
    @pytest.mark.parametrize("short", ["tile", "pad"])
    def test_items_have_their_length(self, module, corpus, short):
        data = module.SpeechDataset(*corpus, FRONT, frames=80, short=short, random=False)
        for path, (x, label, id) in zip(corpus[0], data, strict=True):
            want = FRONT(vf.load(path, sr=SR)[0], SR)
            assert x.shape == (60, 80) and id == path.stem and label in (0, 1)
            have = min(want.shape[1], 80)
            np.testing.assert_array_equal(x[:, :have], want[:, :80])
            if have < 80:
                rest = want[:, : 80 - have] if short == "tile" else 0
                np.testing.assert_array_equal(x[:, have:], np.broadcast_to(rest, (60, 80 - have)))

    def test_tiled_more_than_twice(self, module, corpus):
        x = module.SpeechDataset(*corpus, FRONT, frames=400)[0][0]
        have = FRONT(vf.load(corpus[0][0], sr=SR)[0], SR).shape[1]
        np.testing.assert_array_equal(x[:, :have], x[:, 3 * have : 4 * have])

    @pytest.mark.parametrize("workers", [0, pytest.param(2, marks=pytest.mark.processes)])
    def test_the_same_in_any_worker_and_another_in_another_epoch(self, torch, module, corpus, workers):
        chain = vf.augment.Chain((vf.augment.step("noise", p=0.8, snr=(5, 20)),))
        data = module.SpeechDataset(*corpus, FRONT, frames=40, augment=chain, seed=3)
        more = dict(num_workers=workers, persistent_workers=workers > 0)
        loader = torch.utils.data.DataLoader(data, 4, shuffle=True, collate_fn=module.collate, **more)

        def epoch(number):
            data.set_epoch(number)
            return {id: x for xs, _, _, ids in loader for id, x in zip(ids, xs, strict=True)}

        made, other = epoch(0), epoch(1)  # workers that stay are told
        alone = module.SpeechDataset(*corpus, FRONT, frames=40, augment=chain, seed=3)
        for x, _, id in alone:
            assert torch.equal(made[id], x) and not torch.equal(other[id], x)

    def test_the_cache(self, module, corpus, tmp_path, monkeypatch):
        make = lambda front=FRONT: module.SpeechDataset(*corpus, front, cache=tmp_path)  # noqa: E731
        first = [x for x, _, _ in make()]
        assert (
            len(list(tmp_path.rglob("*.npy"))) == 12 == len([p for p in tmp_path.rglob("*") if p.is_file()])
        )
        assert (
            make(FRONT.replace(n_filters=30))[0][0].shape != () and len(list(tmp_path.rglob("*.npy"))) == 13
        )
        os.utime(corpus[0][5], ns=(0, 0))  # another file, as far as one can tell
        make()[5]
        assert len(list(tmp_path.rglob("*.npy"))) == 14
        monkeypatch.setattr(vf, "load", None)  # from here on nothing is computed
        for x, (again, _, _) in zip(first, make(), strict=True):
            assert (x == again).all()

    def test_collate(self, torch, module, corpus):
        data = module.SpeechDataset(*corpus, FRONT)
        padded, lengths, labels, ids = module.collate([data[k] for k in range(3)])
        assert padded.shape == (3, 60, int(lengths.max())) and len(set(lengths.tolist())) == 3
        assert labels.tolist() == [0, 1, 0] and ids == ["clip00", "clip01", "clip02"]
        for k in range(3):
            assert (
                torch.equal(padded[k, :, : lengths[k]], data[k][0]) and not padded[k, :, lengths[k] :].any()
            )

    def test_bad_calls(self, module, corpus):
        paths, labels = corpus
        for more in (dict(labels=labels[:-1]), dict(ids=["a"] * 12)):
            with pytest.raises(ValueError, match="equally many"):
                module.SpeechDataset(**{"paths": paths, "labels": labels, "frontend": FRONT, **more})
        with pytest.raises(ValueError, match="short='crop'"):
            module.SpeechDataset(paths, labels, FRONT, short="crop")


class TestKeras:
    @pytest.fixture
    def module(self, adapter):
        needed("torch"), needed("keras")
        return adapter("keras_sequential")

    @pytest.mark.processes
    def test_arrays_are_the_features(self, module, corpus):
        made = module.arrays(corpus[0], "asvspoof2019-lfcc", 80)
        assert made.shape == (12, 80, 60) and made.dtype == np.float32
        for x, path in zip(made, corpus[0], strict=True):
            want = FRONT(vf.load(path, sr=SR)[0], SR).T
            have = min(80, len(want))
            np.testing.assert_array_equal(x[:have], want[:80])
            np.testing.assert_array_equal(x[have:], want[: 80 - have])

    @pytest.mark.slow
    def test_it_learns_a_toy(self, module, corpus):
        assert module.keras.backend.backend() == "torch"
        made, labels = module.arrays(corpus[0], FRONT, 60), np.array(corpus[1])
        model = module.network(made)
        model.fit(made, labels, epochs=15, batch_size=4, verbose=0)
        assert model.evaluate(made, labels, verbose=0)[1] > 0.9


@pytest.mark.processes
def test_blocks_of_the_page_that_need_pytorch_or_keras(adapter, tmp_path, monkeypatch):
    """They are left out where the manual is tested, which knows neither."""
    needed("torch"), needed("keras")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path[:])
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    page, namespace, ran = ROOT / "docs" / "adapters.md", {}, 0
    for line, language, info, code in blocks(page):
        if language == "python" and (not info or "test_examples_adapters.py" in info):
            exec(compile("\n" * (line - 1) + code, str(page), "exec"), namespace)
            ran += info.startswith("no-run")
    assert ran == 2
