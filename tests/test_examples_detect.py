"""The detectors of examples/: parameters as known, runs on generated data, resumption, splits."""

import html
import io
import json
import re
import shutil

import numpy as np
import pytest
import soundfile
from detecting import EXAMPLES, need, train

need("sklearn", "torch")

import torch  # noqa: E402
from detect import config as configs, course, features, guard, networks, reading, splits  # noqa: E402
from detect.corpus import SPLITS, Clip, Corpus  # noqa: E402
from detect.models import NETWORKS, build, count  # noqa: E402
from detect.page import SYSTEMS  # noqa: E402
from detect.toy import toy  # noqa: E402

import voicefeat as vf  # noqa: E402
from voicefeat.audio.decoding import blocks  # noqa: E402

#: Counted by building each network with Keras or PyTorch; LSTM in PyTorch has two bias vectors.
KNOWN = {
    "ann": 11_074, "ann_dropout": 11_074, "cnn": 49_794, "cnn_dropout": 36_354, "ann_mel": 12_978_177,
    "ann_mfcc": 13_569, "cnn_mel": 49_992_577, "cnn_mfcc": 58_049, "lstm": 75_393, "resnet101": 42_495_937,
    "resnet200d": 62_645_537, "vit": 5_397_889, "lcnn": 269_729,
}  # fmt: skip


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """One folder of runs for the module, so that features are computed once."""
    return tmp_path_factory.mktemp("runs")


@pytest.mark.parametrize("name", NETWORKS)
def test_parameters(name):
    with torch.device("meta"):
        found = count(build(name, NETWORKS[name].shape))
    assert found == KNOWN[name] == NETWORKS[name].parameters


@pytest.mark.parametrize(("name", "frozen"), [("resnet101", 399_808), ("resnet200d", 244_000)])
@pytest.mark.slow
def test_the_first_39_tensors(name, frozen):
    """What the term project froze: timm's order of tensors."""
    with torch.device("meta"):
        tensors = list(build(name, (64, 188)).parameters())
    assert sum(t.numel() for t in tensors[:39]) == frozen


@pytest.mark.parametrize("name", ["ann", "cnn_dropout", "cnn_mfcc", "lstm", "vit", "lcnn"])
def test_one_number_for_each_clip(name):
    shape = NETWORKS[name].shape
    found = build(name, shape).eval()(torch.zeros(3, *shape))
    assert found.shape == (3,)


@pytest.mark.parametrize(
    "path", sorted((EXAMPLES / "configs").rglob("*.toml")), ids=lambda p: f"{p.parent.name}-{p.stem}"
)
def test_every_config_is_valid(path):
    made = configs.read(path)
    assert made.title
    if made.model.kind != "fusion" and made.data.protocol != "folds":
        assert vf.frontend(made.input.front_end).replace(**made.input.changes).rows
    (again := path.parent / "x").exists()
    assert configs.read(path).digest == made.digest, again


def test_a_config_is_written_and_read(tmp_path):
    made = configs.read(configs.find("asvspoof2019/ann_mel"), ["protocol=seed", "model.settings.dropout=0.1"])
    (tmp_path / "c.toml").write_text(made.to_toml())
    assert configs.read(tmp_path / "c.toml") == made
    assert made.data.protocol == "seed"
    assert made.model.settings == {"dropout": 0.1}


def test_a_changed_setting_stands_in_the_name():
    """What changes a result, in the order of its names; seeds, devices and what is as in the file do not."""
    read, path = configs.read, configs.find("toy/ann")
    assert read(path).name == read(path, ["seeds=[4]", "device=cpu", "epochs=2"]).name == "toy/ann"
    assert read(path, ["protocol=seed"]).name == "toy/ann", "the folder below says it"
    changes = ["training.rate=3e-4", "epochs=5", "protocol=seed"]
    assert read(path, changes).name == read(path, changes[::-1]).name == "toy/ann+epochs=5+rate=0.0003"
    assert read(path, ["model.settings.hidden=8"]).name == "toy/ann+hidden=8"
    starts = [read(path, [f"model.start=/a folder/{k}/model.pt"]).name for k in "ab"]
    assert all(re.fullmatch(r"toy/ann\+start=[0-9a-f]{8}", name) for name in starts), starts
    assert starts[0] != starts[1]
    many = [
        "epochs=5",
        "batch=4",
        "training.rate=0.01",
        "decay=0.1",
        "monitor=loss",
        "patience=3",
        "copies=2",
    ]
    assert re.fullmatch(r"toy/ann\+[0-9a-f]{8}", read(path, [*many, "data.window=0.5"]).name)


def test_the_seed_protocol_has_settings_of_its_own():
    path = configs.find("deepvoice/ann")
    assert configs.read(path).training.batch == 32
    assert configs.read(path, ["protocol=seed"]).training.batch == 3
    assert configs.read(path, ["protocol=seed", "batch=7"]).training.batch == 7


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ann", "lfcc_lcnn", "lfcc_gmm", "lfcc_svm", "fusion"])
def test_a_run_leaves_everything(name, runs, capsys):
    assert train(runs, f"toy/{name}") == 0
    assert "TOY DATA" in capsys.readouterr().out
    folder = runs / "toy" / name / "toy-clean"
    found = json.loads((folder / "metrics.json").read_text())
    assert {"dev", "eval", "parameters", "probe_eval", "seconds", "notes"} <= set(found)
    assert any("TOY" in note for note in found["notes"])
    assert configs.read(folder / "config.toml").model.kind
    assert json.loads((folder / "env.json").read_text())["versions"]["voicefeat"]
    seed = folder / "seed-0"
    assert list(seed.glob("model.*")) or (seed / "fusion.json").is_file()
    events = [json.loads(line)["event"] for line in (seed / "log.jsonl").read_text().splitlines()]
    assert (events[0], events[-1]) == ("began", "finished")
    for part in ("dev", "eval"):
        scores = vf.metrics.read_scores(seed / f"scores_{part}.txt")
        assert (len(scores.bonafide), len(scores.spoof)) == (6, 6)
    page = (folder / "report.html").read_text()
    assert "TOY DATA" in page
    assert not re.search(r"(src|href)=[\"']?https?:", page), "the page loads something from elsewhere"
    epochs = "epoch" in (seed / "log.jsonl").read_text()
    assert page.count("<svg") == 6 + epochs, "networks have a curve of their training"
    assert reading.verdict(found) in html.unescape(page)
    assert page.count("</figcaption>") == page.count("<svg")


@pytest.mark.slow
def test_no_model_is_a_pickle(runs):
    train(runs, "toy/lfcc_svm")
    train(runs, "toy/ann")
    for seed in runs.glob("toy/*/toy-clean/seed-0"):
        for path in seed.glob("model.npz"):
            with np.load(path, allow_pickle=False) as held:
                assert all(held[name].dtype.kind in "fi" for name in held)
        for path in seed.glob("model.pt"):
            assert torch.load(path, weights_only=True)["kind"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cnn_dropout", "lfcc_gmm"])
def test_the_same_seed_gives_the_same_files(name, runs, tmp_path):
    one, other = runs / "one", tmp_path
    assert train(one, f"toy/{name}") == train(other, f"toy/{name}") == 0
    for part in ("dev", "eval"):
        pair = [
            (r / "toy" / name / "toy-clean" / "seed-0" / f"scores_{part}.txt").read_bytes()
            for r in (one, other)
        ]
        assert pair[0] == pair[1]


@pytest.mark.slow
def test_a_finished_seed_is_not_repeated(runs, capsys):
    assert train(runs, "toy/ann") == 0
    capsys.readouterr()
    assert train(runs, "toy/ann", "seeds=[0, 1]") == 0
    told = capsys.readouterr().err
    assert "seed 0 is finished" in told
    assert "seed 1: began" in told


@pytest.mark.slow
def test_a_set_of_configs(tmp_path, capsys):
    """One that fails does not stop the others; the table has those that were run."""
    for name, batch in (("a", 8), ("b", 900), ("c", 4)):
        base = f'base = "{EXAMPLES}/configs/toy/ann.toml"'
        (tmp_path / f"{name}.toml").write_text(f"{base}\n[training]\nbatch = {batch}\n")
    assert train(tmp_path / "out", "epochs=1", more=["--all", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert [line.split(" | ")[0] for line in out.splitlines()[2:]] == ["| a+epochs=1", "| c+epochs=1"]
    assert "train.py: error: b: training.batch=900" in err.splitlines()[-2]
    assert err.splitlines()[-1] == "2 of 3 configs were run, 1 failed"
    (tmp_path / "b.toml").unlink()
    assert train(tmp_path / "out", "epochs=1", more=["--all", str(tmp_path)]) == 0
    assert train(tmp_path / "out", more=["--all", "none"]) == 2
    assert "--all='none': holds no configs" in capsys.readouterr().err


def test_the_toy_has_every_system_of_the_project():
    toys = {path.stem for path in (EXAMPLES / "configs" / "toy").glob("*.toml")}
    assert {name for name, title in SYSTEMS if title[0].isdigit()} <= toys
    assert sum(title[0].isdigit() for name, title in SYSTEMS) == 11


@pytest.mark.slow
def test_a_killed_seed_goes_on(runs, tmp_path, monkeypatch):
    """Stopped in the second of three epochs, half a checkpoint beside it: the scores are a whole run's."""
    words = ["toy/cnn_dropout", "epochs=3", "report.draws=0"]
    assert train(tmp_path / "whole", *words) == 0
    epoch, calls = networks.Network._epoch, []

    def stopping(*given):
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return epoch(*given)

    monkeypatch.setattr(networks.Network, "_epoch", stopping)
    assert train(tmp_path / "cut", *words) == 130
    seed = tmp_path / "cut" / "toy/cnn_dropout+draws=0+epochs=3/toy-clean/seed-0"
    assert (seed / "checkpoint.pt").is_file()
    assert not (seed / "metrics.json").exists()
    (seed / ".checkpoint.pt.partial").write_bytes(b"half of a checkpoint")
    assert train(tmp_path / "cut", *words) == 0
    assert len(calls) == 4, "the finished epoch was not repeated"
    events = [json.loads(line) for line in (seed / "log.jsonl").read_text().splitlines()]
    assert [e["epoch"] for e in events if e["event"] == "resumed"] == [1]
    whole = tmp_path / "whole" / "toy/cnn_dropout+draws=0+epochs=3/toy-clean/seed-0"
    for part in ("dev", "eval"):
        assert (whole / f"scores_{part}.txt").read_bytes() == (seed / f"scores_{part}.txt").read_bytes()
    assert not (seed / "checkpoint.pt").exists()


class TestSplits:
    def groups(self, rows, places):
        return [set().union(*[rows[i].groups for i in places[name]]) for name in SPLITS]

    def corpus(self, pairs):
        """Clips of (speaker, source) pairs: bona fide where the source is empty."""
        clips = [Clip(f"u{k}", not source, None, who, source) for k, (who, source) in enumerate(pairs)]
        return Corpus("made", EXAMPLES, tuple(clips))

    def test_speakers_are_in_one_split(self):
        pairs = [(f"s{k % 9}", "") for k in range(30)]
        pairs += [(f"s{k % 9}", f"s{(k + 1 + k // 9) % 9}") for k in range(60)]
        given = splits.by_speaker(self.corpus(pairs))
        places = splits.split(given.clips, "clean", 0)
        train_, dev, eval_ = self.groups(given.clips, places)
        assert not (train_ & dev or train_ & eval_ or dev & eval_)
        assert any("left out" in note for note in given.notes)

    @pytest.mark.parametrize("protocol", ["seed", "folds"])
    def test_every_row_is_once_in_a_split(self, protocol):
        rows = [Clip(f"u{k}", k % 3 == 0) for k in range(120)]
        places = splits.split(rows, protocol, 3)
        assert sorted(np.concatenate(list(places.values()))) == list(range(120))

    def test_ten_folds_score_every_row_once(self):
        rows = [Clip(f"u{k}", k % 3 == 0) for k in range(120)]
        scored = [splits.split(rows, "folds", k)["eval"] for k in range(10)]
        assert sorted(np.concatenate(scored)) == list(range(120))
        assert all(sum(rows[i].bonafide for i in part) == 4 for part in scored)

    def test_copies_are_of_training_clips(self):
        given = toy()
        rows = splits.examples(given, "clean", 0.0, 3, [1.5] * len(given.clips))
        assert {row.split for row in rows if row.copy} == {"train"}
        assert len({row.utt for row in rows}) == len(rows) == 48 + 3 * 24

    def test_windows(self):
        given = toy()
        rows = splits.examples(given, "clean", 0.5, 0, [1.2] * len(given.clips))
        assert len(rows) == 2 * 48
        assert rows[1].start == rows[1].seconds == 0.5

    def test_some_of_each_class(self):
        rows = [Clip(f"u{k}", k % 10 == 0, split=name) for name in SPLITS for k in range(100)]
        kept = splits.limited(rows, "clean", 20)
        assert [sum(r.split == s for r in kept) for s in SPLITS] == [20, 20, 20]
        assert sum(r.bonafide for r in kept) == 6


@pytest.mark.slow
def test_copies_are_the_same_in_any_order(runs):
    """The seed protocol with windows and copies, twice, in folders of their own."""
    words = [
        "deepvoice/ann",
        "protocol=seed",
        "copies=1",
        "epochs=1",
        "batch=16",
        "seeds=[0]",
        "report.draws=0",
    ]
    assert train(runs, *words) == train(runs / "again", *words) == 0
    name = "deepvoice/ann+batch=16+copies=1+draws=0+epochs=1/toy-seed"
    pair = [r / name / "seed-0/scores_eval.txt" for r in (runs, runs / "again")]
    assert pair[0].read_text() == pair[1].read_text()
    assert "+1 " in pair[0].read_text()
    found = json.loads((runs / name / "metrics.json").read_text())
    assert found["leaks"]
    assert "LEAKS" in (runs / name / "report.html").read_text()


def test_mixtures_score_as_scikit_learn_does(tmp_path):
    from detect.features import Features
    from detect.gmm import GMM
    from sklearn.mixture import GaussianMixture

    rng = np.random.default_rng(5)
    frames = rng.standard_normal((400, 3)).astype(np.float32)
    frames[200:] += 1.5
    features = Features(frames, np.arange(0, 401, 20), ("a", "b", "c"), 0.0, 0.0)
    y = np.repeat([0.0, 1.0], 10)
    model = GMM(components=2, iterations=30)
    model.fit(features, {"train": np.arange(20)}, y, 0, tmp_path, lambda *words, **told: None)
    theirs = []
    for part in (frames[:200], frames[200:]):
        mixture = GaussianMixture(2, covariance_type="diag", reg_covar=1e-3, max_iter=30, random_state=0)
        theirs.append(mixture.set_params(init_params="random_from_data").fit(part.astype(float)))
    due = [theirs[1].score(frames[a : a + 20].astype(float)) for a in range(0, 400, 20)]
    due -= np.array([theirs[0].score(frames[a : a + 20].astype(float)) for a in range(0, 400, 20)])
    np.testing.assert_allclose(model.score(features, np.arange(20)), due, rtol=1e-9)


@pytest.mark.parametrize("kind", ["svm", "logistic"])
def test_what_is_kept_gives_the_scores(kind, tmp_path):
    """The arrays of model.npz, put together by hand, are the classifier."""
    from detect.classic import Classic
    from detect.features import Features

    rng = np.random.default_rng(5)
    x = rng.standard_normal((40, 4)).astype(np.float32)
    y = (x[:, 0] + 0.3 * rng.standard_normal(40) > 0).astype(float)
    features, model = Features(x, None, tuple("abcd"), 0.0, 0.0), Classic(kind)
    model.fit(features, {"train": np.arange(30)}, y, 0, tmp_path, lambda *words, **told: None)
    model.save(tmp_path / "model.npz")
    held = np.load(tmp_path / "model.npz", allow_pickle=False)
    z = (x.astype(float) - held["mean"]) / held["deviation"]
    if kind == "svm":
        far = ((z[:, None] - held["vectors"]) ** 2).sum(-1)
        due = np.exp(-held["gamma"] * far) @ held["weights"] + held["intercept"]
    else:
        due = z @ held["weights"] + held["intercept"]
    np.testing.assert_allclose(model.score(features, np.arange(40)), due, rtol=1e-9)


def test_the_page_has_the_figures_of_the_runs(tmp_path):
    from detect.page import page

    with pytest.raises(vf.ParameterError, match="holds no runs on minifake"):
        page(tmp_path)
    folder = tmp_path / "minifake"
    folder.mkdir()
    clips = toy(folder).clips
    lines = "".join(f"{c.path.name},{c.key},{c.speaker},{c.attack},{c.split}\n" for c in clips)
    (folder / "manifest.csv").write_text(f"path,label,speaker,system,split\n{lines}")
    assert train(tmp_path / "runs", "minifake/lfcc_svm", "seeds=[0]", data=folder) == 0
    found = json.loads((tmp_path / "runs/minifake/lfcc_svm/minifake-clean/metrics.json").read_text())
    lines = page(tmp_path / "runs").splitlines()
    row = next(line for line in lines if line.startswith("| LFCC 2019 pooled, SVM"))
    assert f" {found['parameters']:,} " in row
    assert f" {100 * found['eval']['eer']['mean']:.1f} " in row
    other = tmp_path / "runs/minifake/lfcc_gmm/minifake-clean"
    shutil.copytree(tmp_path / "runs/minifake/lfcc_svm/minifake-clean", other)
    (other / "metrics.json").write_text(json.dumps(found | {"list_digest": "0123456789abcdef"}))
    with pytest.raises(vf.ParameterError, match="were run on different lists"):
        page(tmp_path / "runs")


def test_the_guards_window_is_that_of_the_whole_call():
    """Mean and deviation that were kept up to date are those of the frames of the whole call."""
    rng = np.random.default_rng(6)
    call = np.concatenate([c.astype(np.float32) for c in rng.uniform(0.01, 0.3, (40, 1)) * buzzes(rng)])
    fe = vf.frontend(course.FRONT_END)
    frames, latency = fe(call, 16000), fe.stream().latency.samples
    window, seen = guard.Window(4.0), 0
    for end in range(16000, len(call) + 1, 16000):
        window.hear(call[end - 16000 : end])
        assert window.full == (end >= 64000)
        last = sum(t * 160 + 320 + latency <= end for t in range(frames.shape[1]))
        due = vf.summarize(frames[:, max(0, last - 400) : last], ("mean", "std"))
        np.testing.assert_allclose(window.vector(), list(due.values()), rtol=1e-6)
        seen += 1
    assert seen == 40


def buzzes(rng):
    """Forty seconds of tones and noise, a row each."""
    t = np.arange(16000) / 16000
    return np.array(
        [np.sin(2 * np.pi * f * t) + 0.1 * rng.standard_normal(16000) for f in range(100, 4100, 100)]
    )


def test_a_detector_is_taught_what_a_call_gives():
    """The ratios of evaluation clips are those that a guard gives of the same clips as a call."""
    given = toy()
    rows = {s: [c for c in given.clips if c.split == s] for s in SPLITS}
    score, ratios = guard.taught(rows, 2.0)
    call = np.concatenate([features.samples(c, 16000, "") for c in rows["eval"] if c.bonafide])
    watch = guard.Guard(score, 0.0, window=2.0)
    heard = [watch.hear(call[i : i + 16000]) for i in range(0, len(call) - 15999, 16000)]
    np.testing.assert_allclose([h.score for h in heard if h and np.isfinite(h.score)], ratios["eval"][0])


def test_windows_are_the_same_wherever_they_are_cut(data, tmp_path):
    """The examples' windows are those of a table: by the samples that are there, not by a header."""
    file = io.BytesIO()
    soundfile.write(file, np.sin(np.arange(32000) / 9), 16000, format="MP3")
    tail = file.getvalue()
    pictured = tmp_path / "pictured.mp3"  # a picture before, and no tag that counts the blocks
    first = tail.index(tail[:2], 100)
    pictured.write_bytes(b"ID3\4\0\0\0\0\x20\0" + bytes(4096) + tail[first:])
    names = ["flac_total_unknown.flac", "flac_total_says_half.flac", "vorbis_two_links.ogg"]
    paths = [*(data / "faults" / name for name in names), pictured]
    clips = tuple(Clip(path.stem, True, path) for path in paths)
    lengths = features.durations(clips)
    rows = splits.examples(Corpus("some", tmp_path, clips), "clean", 0.5, 0, lengths)
    for clip in clips:
        cut_there = list(blocks(clip.path, 0.5, np.dtype(np.float32)))
        whole = [block for block, rate in cut_there if len(block) == rate // 2]
        mine = [row for row in rows if row.path == clip.path]
        assert len(mine) == len(whole) >= 1
        for row, block in zip(mine, whole, strict=True):
            y = features.samples(row, 16000, "mixed")
            np.testing.assert_array_equal(y, block[:, 0])
