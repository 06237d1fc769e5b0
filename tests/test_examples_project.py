"""The term project as it was published: its variants are switches of examples/, which do what it did."""

import json
import os
import subprocess
import sys
from importlib import util

import numpy as np
import pytest
from detecting import EXAMPLES, need, train

need("sklearn", "torch")

import torch  # noqa: E402
from detect import augmenting, config as configs, features, networks, published as page, runs, splits  # noqa: E402
from detect.corpus import Clip, Corpus  # noqa: E402
from detect.layouts import read_corpus  # noqa: E402
from detect.models import build, count  # noqa: E402
from detect.origin import origin  # noqa: E402
from detect.teaching import conversions  # noqa: E402

import voicefeat as vf  # noqa: E402

PUBLISHED = sorted((EXAMPLES / "configs/deepvoice/as_published").rglob("*.toml"))


def read(name, *changes):
    """A config by its name."""
    return configs.read(configs.find(name), changes)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """64 recordings of 2 s in DEEP-VOICE's layout."""
    folder = tmp_path_factory.mktemp("conversions")
    conversions(folder, 2.0)
    return folder


def test_the_made_up_corpus_has_deepvoices_layout(corpus):
    found = read_corpus(str(corpus))
    assert len(found.clips) == 64
    assert sum(clip.bonafide for clip in found.clips) == 8
    assert {clip.speaker for clip in found.clips} == {f"voice{k}" for k in range(8)}
    assert all(clip.source and clip.source != clip.speaker for clip in found.clips if not clip.bonafide)


class TestSixtyCopies:
    """Recordings of minutes: each is copied, and a window follows of each copy."""

    def rows(self, seconds=600.0, **more):
        clips = tuple(Clip(f"r{k}", k < 8, EXAMPLES / f"{k}.wav") for k in range(64))
        return splits.examples(Corpus("made", EXAMPLES, clips), "seed", 1.0, 60, [seconds] * 64, **more)

    def test_the_documented_command_has_some_three_thousand_rows(self):
        how = read("deepvoice/ann", "protocol=seed").data
        rows = self.rows(each=how.windows_each)
        assert len(rows) == 64 * 61 == len({row.utt for row in rows})
        kept = splits.limited(rows, "seed", how.subset)
        places = splits.split(kept, "seed", 0, on_test=True)
        assert [len(places[name]) for name in ("train", "dev", "eval")] == [2410, 603, 603]
        assert not set(places["train"]) & set(places["eval"])

    def test_windows_are_drawn_from_the_whole_recording(self):
        starts = np.array([row.start for row in self.rows(each=1)])
        assert starts.min() < 20
        assert starts.max() > 580
        assert abs(starts.mean() - 299.5) < 15
        assert [row.start for row in self.rows(each=1)] == starts.tolist()
        few = [row.start for row in self.rows(each=3) if row.recording == "r5" and row.copy == 7]
        assert len(set(few)) == 3 and few == sorted(few)

    def test_all_windows_where_none_are_drawn(self):
        rows = self.rows(3.0)
        assert len(rows) == 64 * 61 * 3
        assert self.rows(3.0, each=5) == rows

    def test_the_windows_of_a_copy_are_made_worse_in_the_same_way(self):
        """Level, room and noise are drawn for a recording's copy, not for each of its windows."""
        y = np.random.default_rng(0).uniform(-0.1, 0.1, 16000).astype(np.float32)
        at = [Clip(f"r@{k}+2", True, copy=2, recording="r", start=float(k)) for k in range(2)]
        one, other = (augmenting.worse(y, 16000, "mixed", row) for row in at)
        np.testing.assert_array_equal(one, other)
        third = augmenting.worse(y, 16000, "mixed", Clip("r@0+3", True, copy=3, recording="r"))
        assert third.shape != one.shape or np.abs(third - one).max() > 1e-3

    def test_a_recording_of_copies_alone_is_not_forgotten(self, corpus):
        """Rows are drawn: of a recording there may be copies only, and its digest is told all the same."""
        found = read_corpus(str(corpus))
        rows = [
            row
            for row in splits.examples(found, "seed", 1.0, 2, [2.0] * 64, 1)
            if row.copy or row.recording == found.clips[0].utt
        ]
        made = origin(found, rows, read("deepvoice/ann", "protocol=seed"))
        assert len({row[-1] for row in made.rows}) == 64


class TestSwitches:
    @pytest.mark.parametrize("path", PUBLISHED, ids=lambda p: f"{p.parent.name}-{p.stem}")
    def test_as_published(self, path):
        made = configs.read(path)
        assert made.data.protocol == "seed"
        assert (made.training.stop, made.training.weights, made.training.standardise) == (
            "test loss",
            False,
            False,
        )
        assert (made.training.batch, made.training.patience, made.training.epochs) == (3, 2, 50)
        assert made.data.copies == (0 if path.parent.name == "table" else 60)
        assert made.data.subset == 3013
        assert made.model.activation == ("softmax" if "cnn" in path.stem else "sigmoid")

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["toy/ann", "stop=test loss"], "training.stop='test loss': chooses the epoch on the very rows"),
            (["toy/ann", "stop=test loss", "protocol=folds"], "protocol=folds does not allow"),
            (["deepvoice/as_published/ann", "protocol=clean"], "give protocol=seed, or stop=dev"),
            (["toy/ann", "stop=eval"], "training.stop='eval': is not known here"),
            (["toy/ann", "activation=tanh"], "model.activation='tanh': is not known here"),
            (["toy/lstm", "activation=sigmoid"], "lstm has one, which is a sigmoid as it is"),
            (["toy/ann", "model.settings.layers=0"], "model.settings.layers=0: must be 1 or more"),
            (["toy/cnn", "model.settings.outputs=0"], "model.settings.outputs=0: must be 1 or more"),
            (["toy/ann", "windows_each=-1"], "data.windows_each=-1: must be 0 or more"),
        ],
    )
    def test_what_cannot_be_is_refused(self, words, told, tmp_path, capsys):
        assert train(tmp_path, *words) == 2
        lines = [line for line in capsys.readouterr().err.splitlines() if "error" in line]
        assert len(lines) == 1
        assert told in lines[0]

    def test_a_fusion_does_not_take_a_member_that_stops_on_test(self, tmp_path, capsys):
        """Members get the fusion's protocol, after their own configs were read."""
        made = EXAMPLES / "configs/deepvoice/as_published/ann.toml"
        (tmp_path / "f.toml").write_text(
            f'[model]\nkind = "fusion"\nmembers = ["{made}", "toy/ann"]\n[report]\ndraws = 0\n'
        )
        assert train(tmp_path / "out", str(tmp_path / "f.toml")) == 2
        assert "stop='test loss': chooses" in capsys.readouterr().err

    def test_a_table_has_no_recordings_to_copy(self, tmp_path, capsys):
        lines = [f"{k},{k % 7},{'REAL' if k % 2 else 'FAKE'}" for k in range(40)]
        (tmp_path / "t.csv").write_text("\n".join(["a,b,LABEL", *lines]))
        words = ["deepvoice/as_published/ann"]
        assert train(tmp_path / "out", *words, data=tmp_path / "t.csv") == 2
        assert "data.copies=60: a table has no recordings to copy" in capsys.readouterr().err

    def test_the_older_name_of_a_key_is_read(self, tmp_path):
        (tmp_path / "c.toml").write_text("[training]\nclass_weights = false\n")
        assert configs.read(tmp_path / "c.toml").training.weights is False

    def test_counts_of_the_variants(self):
        """By hand: four hidden layers of 64; a second layer of two units has 2 x 2 weights and 2 biases."""
        listed = 40 * 64 + 64 + 3 * (64 * 64 + 64) + 64 * 2 + 2
        assert count(build("ann", (40,), {"layers": 4})) == listed == 15_234
        assert count(build("cnn", (40,), {"outputs": 2})) == count(build("cnn", (40,))) + 6 == 49_800

    def test_two_sigmoids_cost_what_keras_says(self, tmp_path):
        """The mean of binary cross-entropies of both units against one-hot labels."""
        if not util.find_spec("keras"):
            pytest.skip("keras is not installed")
        os.environ.setdefault("KERAS_BACKEND", "torch")
        import keras

        model = networks.Network(read("deepvoice/as_published/ann", "device=cpu"))
        logits = torch.randn(9, 2, generator=torch.Generator().manual_seed(1))
        y = np.array([0, 1, 1, 0, 1, 0, 0, 0, 1.0])
        due = keras.losses.BinaryCrossentropy()(np.stack([1 - y, y], 1), torch.sigmoid(logits).numpy())
        assert model._cost(logits, y, y).item() == pytest.approx(float(due), rel=1e-4)
        even = networks.Network(read("deepvoice/as_published/cnn", "device=cpu"))
        due = keras.losses.BinaryCrossentropy()(np.stack([1 - y, y], 1), torch.softmax(logits, 1).numpy())
        one = logits[:, 1] - logits[:, 0]
        assert even._cost(one, y, y).item() == pytest.approx(float(due), rel=1e-4), (
            "softmax of two is one logit"
        )


@pytest.fixture(scope="module")
def published(corpus, tmp_path_factory):
    """A short run of system 2 as published on the made-up corpus."""
    out = tmp_path_factory.mktemp("runs")
    words = ["deepvoice/as_published/ann_dropout", "copies=2", "subset=150", "epochs=6", "batch=16"]
    assert train(out, *words, "seeds=[0]", "report.draws=0", data=corpus) == 0
    return next(out.glob("deepvoice/as_published/*/*"))


class TestARunAsPublished:
    def test_it_is_marked(self, published):
        found = json.loads((published / "metrics.json").read_text())
        assert found["leaks"]
        assert any(note.startswith("LEAKS") for note in found["notes"])
        assert any(note.startswith("CHOSEN ON TEST") for note in found["notes"])
        assert "CHOSEN ON TEST" in (published / "report.html").read_text()

    def test_its_own_figures_are_printed(self, published):
        one = json.loads((published / "seed-0/metrics.json").read_text())["test"]
        line = next(line for line in runs.told(published).splitlines() if line.startswith("  seed-0, chosen"))
        assert line.endswith(f"accuracy {one['accuracy']:.5f}, {one['errors']} errors")
        assert f"{one['rows']} rows" in line

    def test_the_epoch_is_that_of_the_least_loss_of_test(self, published):
        lines = (published / "seed-0/log.jsonl").read_text().splitlines()
        epochs = [e for e in map(json.loads, lines) if e["event"] == "epoch"]
        found = json.loads((published / "seed-0/metrics.json").read_text())
        best = min(epochs, key=lambda e: e["dev_loss"])
        assert found["best_epoch"] == best["epoch"]
        assert found["test"]["loss"] == pytest.approx(best["dev_loss"], abs=2e-5)

    def test_accuracy_is_that_of_the_larger_output(self, published, corpus):
        """By hand from the weights and the inputs that lie in the folder of the run."""
        found = json.loads((published / "seed-0/metrics.json").read_text())["test"]
        state = torch.load(published / "seed-0/model.pt", weights_only=True)
        assert not state["standardise"]["mean"].any(), "inputs are not standardised"
        assert (state["standardise"]["deviation"] == 1).all()
        config = configs.read(published / "config.toml")
        given = read_corpus(str(corpus))
        how = config.data
        rows = splits.examples(given, "seed", how.window, how.copies, features.durations(given.clips), 1)
        rows = splits.limited(rows, "seed", how.subset)
        place = splits.split(rows, "seed", 0, on_test=True)["eval"]
        assert found["rows"] == len(place) == 30
        net = build("ann_dropout", (40,)).eval()
        net.load_state_dict(state["net"])
        fe = vf.frontend("project-mfcc").replace(cepstrum__n=40)
        x = [fe(features.samples(rows[i], 16000, "mixed"), sr=16000).mean(1) for i in place]
        with torch.no_grad():
            two = net[:-1](torch.tensor(np.array(x), dtype=torch.float32))
        y = np.array([rows[i].bonafide for i in place])
        assert found["errors"] == int((two.argmax(1).numpy() != y).sum())
        assert found["accuracy"] == pytest.approx(1 - found["errors"] / 30, abs=1e-6)


def test_the_script_writes_64_recordings(tmp_path):
    command = [sys.executable, str(EXAMPLES / "teaching.py"), str(tmp_path / "made"), "--conversions"]
    told = subprocess.run([*command, "1"], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert len(list((tmp_path / "made/FAKE").glob("*.wav"))) == 56
    told = subprocess.run([*command, "0.5"], capture_output=True, text=True)
    assert (told.returncode, told.stderr.count("\n")) == (2, 1)


#: What the project printed, and what the networks have: counted before, with Keras and PyTorch.
KNOWN = {
    "ann_mel": (12_350_721, 12_978_177), "ann_mfcc": (12_416, 13_569), "cnn_mel": (7_177_857, 49_992_577),
    "cnn_mfcc": (52_289, 58_049), "resnet101": (42_497_969, 42_495_937), "lstm": (93_057, 75_393),
    "resnet200d": (41_498_841, 62_645_537), "ann": (11_074, 11_074),
}  # fmt: skip


class TestThePage:
    def test_it_has_the_table_of_the_networks(self):
        text = (EXAMPLES.parent / "docs/project.md").read_text(encoding="utf-8")
        assert f"<!-- said and done -->\n{page.described()}\n<!-- /said and done -->" in text
        for printed, ours in KNOWN.values():
            row = next(line for line in text.splitlines() if f"{ours:,}" in line and f"{printed:,}" in line)
            assert row.startswith("| ") and row.count(" | ") == 4
        assert "74,881 in Keras" in text

    def test_every_row_has_five_cells(self):
        lines = page.TABLE.read_text(encoding="utf-8").splitlines()
        assert len(lines) > 30
        assert {line.count(" | ") for line in lines} == {4}
        assert all(cell.strip() for line in lines for cell in line.strip("|").split(" | "))

    def test_the_numbers_are_known(self):
        assert {name: printed for name, (printed, _) in KNOWN.items()} == page.PRINTED
        assert {name: count(page.network(name)) for name in KNOWN} == {k: v for k, (_, v) in KNOWN.items()}

    def test_a_number_is_explained_where_it_can_be(self, monkeypatch):
        """Of a network with 30 inputs in place of 40 the printed number tells it."""
        fewer = count(build("ann_mfcc", (30,)))
        monkeypatch.setitem(page.PRINTED, "ann_mfcc", fewer)
        assert "which are 30 inputs and a bias for each unit; there are 40" in page.differs("ann_mfcc")
        monkeypatch.setitem(page.PRINTED, "ann_mfcc", fewer + 1)
        assert "no number of inputs gives it" in page.differs("ann_mfcc")

    def test_keras_counts_the_same(self):
        """The Keras systems, built by Keras: also the second bias that PyTorch's LSTM has and Keras' not."""
        if not util.find_spec("keras"):
            pytest.skip("keras is not installed")
        os.environ.setdefault("KERAS_BACKEND", "torch")
        from keras import Input, Sequential, layers

        dense, pool, drop, flat = layers.Dense, layers.MaxPooling1D, layers.Dropout, layers.Flatten
        same = {"padding": "same"}
        steps = [step for _ in range(3) for step in (layers.Conv1D(64, 3, **same), pool(2))]
        again = [step for _ in range(3) for step in (layers.Conv1D(64, 3, **same), pool(2))]
        third = [step for _ in range(3) for step in (layers.Conv1D(64, 3, **same), pool(2))]
        half = [layers.Conv1D(128, 3), pool(2), drop(0.5), layers.Conv1D(64, 3), pool(2), drop(0.5)]
        built = {
            "ann": ((40,), [dense(64), dense(64), dense(64), dense(2)]),
            "ann_listing": ((40,), [dense(64), dense(64), dense(64), dense(64), dense(2)]),
            "ann_dropout": ((40,), [dense(64), drop(0.2), dense(64), drop(0.2), dense(64), dense(2)]),
            "cnn": ((40, 1), [*steps, flat(), dense(64), dense(64), dense(2)]),
            "cnn_twice": ((40, 1), [*again, flat(), dense(64), dense(64), dense(2), dense(2)]),
            "cnn_dropout": ((40, 1), [*third, flat(), dense(32), dense(32), dense(2)]),
            "ann_mfcc": ((40,), [dense(128), drop(0.5), dense(64), drop(0.5), dense(1)]),
            "cnn_mfcc": ((40, 1), [*half, flat(), dense(64), dense(1)]),
            "lstm": ((40, 1), [layers.LSTM(128), drop(0.5), dense(64), dense(1)]),
        }
        for name, (shape, made) in built.items():
            assert Sequential([Input(shape), *made]).count_params() == page.in_keras(page.network(name)), name

    def test_figures_are_those_of_the_runs(self, published, tmp_path):
        """Of a run with fewer rows none are told; of one with 603, what its metrics.json has."""
        text = (EXAMPLES.parent / "docs/project.md").read_text(encoding="utf-8")
        assert page.compared(tmp_path) == ""
        assert page.written(text, tmp_path) == text, "figures stay where there are no runs"
        place = tmp_path / "deepvoice/as_published/ann_dropout/made-seed/seed-0/metrics.json"
        place.parent.mkdir(parents=True)
        found = json.loads((published / "seed-0/metrics.json").read_text())
        place.write_text(json.dumps(found))
        with pytest.raises(vf.ParameterError, match="did not score 603 rows"):
            page.compared(tmp_path)
        place.write_text(json.dumps(found | {"test": found["test"] | {"rows": 603}}))
        assert page.compared(tmp_path).endswith("| one answer for all rows | not stated |  |  |  |")
        place.with_name("fitted.json").write_text(place.read_text())
        told, line = found["test"], page.compared(tmp_path).splitlines()[2]
        ours = f"{told['loss']:.5f}, {told['accuracy']:.5f} ({told['errors']})"
        assert line == f"| 2 ANN, dropout 0.2 | 0.03782, 0.98673 (8) | {ours} | not run | not run |"
        assert line in page.written(text, tmp_path)
        place.unlink()
        assert page.compared(tmp_path).splitlines()[2] == line, (
            "a seed that could not be calibrated is told too"
        )
        with pytest.raises(vf.ParameterError, match="has no markers"):
            page.written("# Another page", tmp_path)
