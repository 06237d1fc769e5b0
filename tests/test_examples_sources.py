"""Selection on sources that no model has heard, and recipes of several front ends."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from detecting import EXAMPLES, need, train

need("sklearn", "torch")

from detect import config as configs, features, runs, saved, selecting, sources, systems  # noqa: E402
from detect.choosing import Heard, forward, heard  # noqa: E402
from detect.corpus import Clip, labels  # noqa: E402
from detect.fusing import FILE, load  # noqa: E402
from detect.layouts import read_corpus  # noqa: E402
from detect.origin import origin  # noqa: E402
from detect.pooled import Pooled  # noqa: E402
from detect.teaching import teaching  # noqa: E402
from test_examples_detect_bad import refused  # noqa: E402

import voicefeat as vf  # noqa: E402

LEFT_OUT = "selection=leave-source-out"


def quiet(event, **told):
    """A log that nobody reads."""


def made(corpora=3, systems_=4, speakers=6, per=4):
    """Clips of which every system and speaker occurs in every corpus; speakers belong to one."""
    rows = []
    for c in range(corpora):
        for s in range(speakers):
            who = f"c{c}s{s}"
            rows += [Clip(f"{who}b{k}", True, None, who, split="train", corpus=f"c{c}") for k in range(per)]
            rows += [
                Clip(f"{who}a{k}", False, None, who, attack=f"A{k}", split="dev", corpus=f"c{c}")
                for k in range(systems_)
            ]
    return rows


class TestFolds:
    @pytest.mark.parametrize("corpora", [1, 3])
    def test_nothing_that_is_held_out_is_heard(self, corpora):
        """Neither the systems of held-out spoofs, nor corpora or speakers of held-out bona fide clips."""
        rows = made(corpora)
        scored = []
        for learn, held in sources.folds(rows, np.arange(len(rows)), 3):
            scored += held.tolist()
            taught, out = [rows[i] for i in learn], [rows[i] for i in held]
            assert {c.bonafide for c in taught} == {c.bonafide for c in out} == {True, False}
            heard_of = {c.attack for c in taught} - {"-"}
            assert not heard_of & {c.attack for c in out if not c.bonafide}
            people = {c.speaker for c in out if c.bonafide}
            assert not people & {c.speaker for c in taught}
            if corpora > 1:
                assert not {c.corpus for c in out if c.bonafide} & {c.corpus for c in taught}
        assert sorted(scored) == list(range(len(rows))), "every clip is held out once"

    def test_variants_of_a_system_are_held_out_together(self):
        rows = [
            replace(c, attack=f"{c.attack}-x{k % 2}") if c.attack != "-" else c for k, c in enumerate(made(1))
        ]
        for learn, held in sources.folds(rows, np.arange(len(rows)), 3, "-"):
            taught = {rows[i].attack[:2] for i in learn if not rows[i].bonafide}
            assert not taught & {rows[i].attack[:2] for i in held if not rows[i].bonafide}
        assert sources.system("YourTTS-exp1", "-") == "YourTTS"
        assert sources.system("A01", "-") == sources.system("A01", "") == "A01"
        assert sources.system("A-1", "") == "A-1"

    def test_both_speakers_of_a_conversion_are_left_out(self):
        rows = [*made(1), Clip("x", False, None, "c0s0", "c0s1", "A0")]
        for learn, held in sources.folds(rows, np.arange(len(rows)), 3):
            people = {rows[i].speaker for i in held if rows[i].bonafide}
            if people & {"c0s0", "c0s1"}:
                assert len(rows) - 1 not in learn

    def test_copies_teach_and_are_not_scored(self):
        rows = made(1)
        rows += [Clip(f"{c.utt}+1", c.bonafide, None, c.speaker, attack=c.attack, copy=1) for c in rows]
        parts = sources.folds(rows, np.arange(len(rows)), 3)
        assert not any(rows[i].copy for _, held in parts for i in held)
        assert all(any(rows[i].copy for i in learn) for learn, _ in parts)

    def test_the_corpora_of_a_manifest_are_known(self, data):
        clips = read_corpus(str(data / "minifake")).clips
        rows = [c for c in clips if c.split != "eval"]
        assert {"LJSpeech", "VCTK", "LibriTTS"} <= {c.corpus for c in rows}
        assert set(sources.origins(rows, np.arange(len(rows)))) == {c.corpus for c in rows}
        assert len(sources.folds(rows, np.arange(len(rows)), 5)) == 5

    def test_epochs_are_the_median_of_the_folds(self):
        made_ = sources.settled(configs.read(configs.find("toy/ann")), [3, 9, 4, 5])
        assert (made_.training.epochs, made_.training.monitor) == (4, "last")
        plain = configs.read(configs.find("toy/lfcc_svm"))
        assert sources.settled(plain, [0, 0]) == plain


@pytest.mark.slow
def test_left_out_sources_choose_and_calibrate(tmp_path):
    """A fusion and its members: calibration and weights come from the scores of left-out sources."""
    assert train(tmp_path, "toy/fusion", LEFT_OUT, "folds=2", "report.draws=0") == 0
    folders = {p.parent.name.split("+")[0]: p / "seed-0" for p in tmp_path.glob("toy/*/toy-clean")}
    assert set(folders) == {"fusion", "lfcc_gmm", "lfcc_svm"}
    for folder in folders.values():
        assert sources.NOTE in (folder.parent / "report.html").read_text()
        held = vf.metrics.read_scores(folder / "scores_sources.txt")
        assert len(held) == 36, "all of train and dev"
        found = json.loads((folder / "metrics.json").read_text())
        equal = vf.metrics.eer(held.bonafide, held.spoof)
        assert found["eval"]["threshold"] == pytest.approx(equal.threshold, abs=1e-4)
        line = vf.metrics.fit_calibration(held.bonafide, held.spoof, smooth=True)
        assert (line.slope, line.offset) == (pytest.approx(1, abs=0.01), pytest.approx(0, abs=0.01))
    events = [json.loads(text) for text in (folders["lfcc_svm"] / "log.jsonl").read_text().splitlines()]
    out = [set(event["sources"]) for event in events if event["event"] == "fold"]
    assert sorted(map(sorted, out)) == [["T01"], ["T02"]]
    scores = [vf.metrics.read_scores(folders[n] / "scores_sources.txt") for n in ("lfcc_gmm", "lfcc_svm")]
    utterances = scores[0].utterances
    scores = np.array([s.select(utterances).scores for s in scores])
    y = vf.metrics.read_scores(folders["lfcc_gmm"] / "scores_sources.txt").keys == "bonafide"
    due = vf.metrics.fit_fusion(scores[:, y], scores[:, ~y])
    np.testing.assert_allclose(load(folders["fusion"] / FILE).weights, due.weights, rtol=1e-3)


def test_other_corpora_of_the_same_clips_are_another_run():
    config = configs.read(configs.find("toy/lfcc_svm"), [LEFT_OUT, "folds=2"])
    corpus = read_corpus("toy")
    named = [replace(clip, corpus=f"c{k % 2}") for k, clip in enumerate(corpus.clips)]
    one, other = (origin(corpus, rows, config).digests for rows in (corpus.clips, named))
    assert {key for key in one if one[key] != other[key]} == {"corpora of clips"}
    plain = configs.read(configs.find("toy/lfcc_svm"))
    assert origin(corpus, corpus.clips, plain).digests == origin(corpus, named, plain).digests


@pytest.mark.slow
def test_a_network_ends_after_the_epochs_of_the_folds(tmp_path):
    words = ["toy/ann", LEFT_OUT, "folds=2", "report.draws=0", "epochs=3"]
    assert train(tmp_path, *words) == 0
    [folder] = tmp_path.glob("toy/ann*/toy-clean/seed-0")
    events = [json.loads(text) for text in (folder / "log.jsonl").read_text().splitlines()]
    told = [event["epoch"] for event in events if event["event"] == "epoch"]
    found = json.loads((folder / "metrics.json").read_text())
    assert told[-1] == found["best_epoch"] == len(told)
    assert not list(folder.glob("fold-*"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["toy/lfcc_svm", "selection=sources"], "choose one of dev, leave-source-out"),
        (["toy/lfcc_svm", LEFT_OUT], "training.folds=5: train and dev have 2 systems; give folds=2, or"),
        (["toy/lfcc_svm", LEFT_OUT, "folds=1"], "training.folds=1: must be 2 or more"),
        (["toy/lfcc_svm", LEFT_OUT, "protocol=seed"], "needs data.protocol='clean'"),
        (["toy/ann", LEFT_OUT, "folds=2", "batch=16"], "training.batch=16: there are 12 rows"),
        (
            ["toy/lfcc_svm", "choose={C=3.0}"],
            "training.choose.C=3.0: must be a list of values of model.settings.C",
        ),
        (["toy/lfcc_gmm", "choose={component=[2]}"], "component"),
        (["toy/lfcc_gmm", "choose={components=[0,2]}"], "model.settings.components=0: must be 1 or more"),
        (["toy/lfcc_svm", "choose={C=[-1.0,1.0]}"], "'C' parameter of SVC must be a float in the range (0.0"),
        (["toy/pooled", "model.settings={kernel='nix'}"], "'kernel' parameter of SVC must be a str among"),
        (["toy/ann", "choose={dropout=[0.1,3.0]}"], "dropout probability has to be between 0 and 1"),
        (["toy/fusion", "choose={C=[3.0]}"], "a fusion has no settings; write it in its members' configs"),
        (["toy/pooled", "statistics=[]"], "several front ends give one vector a clip"),
        (["toy/pooled", 'front_ends=["kaldi-mfcc","kaldi-mfcc"]'], "names one twice"),
        (["toy/pooled", "front_ends=[]"], "takes several front ends of recordings"),
        (["toy/pooled", "input.changes.n_mfcc=3"], "belongs to one front end"),
        (["toy/pooled", 'front_ends=["kaldi-mfc","kaldi-mfcc"]'], "name='kaldi-mfc': no such front end"),
        (["toy/pooled", "model.settings.member=tree"], "choose one of svm, logistic"),
        (["toy/lfcc_svm", 'front_ends=["kaldi-mfcc"]'], "takes one front end"),
    ],
)
def test_what_cannot_be_selected(words, told, tmp_path, capsys):
    assert told in refused(capsys, tmp_path, *words)


@pytest.mark.parametrize("selection", ["dev", "leave-source-out"])
def test_settings_with_the_least_cost_are_chosen(selection, tmp_path):
    """Classes that a line cannot divide: of two kernels the one that can divide them, on what selects."""
    rows = made(3)
    rng, y = np.random.default_rng(0), labels(rows)
    x = rng.standard_normal((len(rows), 2))
    x *= (np.where(y == 1, 0.5, 2.0) / np.linalg.norm(x, axis=1))[:, None]
    given = features.Features(x.astype(np.float32), None, ("a", "b"), 0.0, 0.0)
    places = {name: np.arange(start, len(rows), 2) for start, name in enumerate(("train", "dev"))}
    words = [f"selection={selection}", "folds=3", "choose={kernel=['linear','rbf'],C=[1.0]}"]
    config = configs.read(configs.find("toy/lfcc_svm"), words)
    chosen, left_out = selecting.select(config, given, rows, places, 0, tmp_path, quiet)
    assert chosen.model.settings == {"C": 1.0, "kernel": "rbf"}
    assert (left_out is None) == (selection == "dev")
    kept = sources.kept(tmp_path)
    if selection == "dev":
        assert kept is None
    else:
        np.testing.assert_array_equal(kept[1], left_out[1])
        assert kept[0].tolist() == list(range(len(rows)))


def test_one_value_to_choose_from_is_taken(tmp_path):
    config = configs.read(configs.find("toy/lfcc_svm"), ["choose={C=[7.0]}"])
    chosen, _ = selecting.select(config, None, made(3), {}, 0, tmp_path, quiet)
    assert chosen.model.settings == {"C": 7.0}


@pytest.mark.slow
def test_a_run_with_chosen_settings_is_read_back(tmp_path):
    words = ["choose={kernel=['poly','linear'],degree=[2]}", "report.draws=0"]
    assert train(tmp_path, "toy/lfcc_svm", *words) == 0
    [folder] = tmp_path.glob("toy/*/toy-clean")
    told = json.loads((folder / "seed-0/metrics.json").read_text())["settings"]
    assert told["kernel"] in ("poly", "linear")
    detector = saved.read(folder)
    assert detector.model.settings == told
    corpus = read_corpus("toy")
    rows = [clip for clip in corpus.clips if clip.split == "eval"]
    ours = detector.score(corpus, rows, tmp_path / "cache", quiet)
    theirs = vf.metrics.read_scores(folder / "seed-0/scores_eval.txt").select([row.utt for row in rows])
    np.testing.assert_allclose(ours, theirs.scores, rtol=1e-4, atol=1e-4)


def columns(rng, sizes, n=60):
    y = np.repeat([1.0, 0.0], n // 2)
    x = rng.standard_normal((n, sum(sizes))) + y[:, None]
    return features.Features(x.astype(np.float32), None, ("",) * sum(sizes), 0.0, 0.0, tuple(sizes)), y


@pytest.mark.parametrize("member", ["svm", "logistic"])
def test_pooled_is_the_mean_of_scikit_learns_classifiers(member, tmp_path):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    given, y = columns(np.random.default_rng(0), (3, 5, 2))
    learn, out = np.arange(0, 60, 2), np.arange(1, 60, 2)
    model = Pooled(3, member, C=2.0)
    model.fit(given, {"train": learn}, y, 0, tmp_path, quiet)
    due = []
    for part in np.split(given.values.astype(float), [3, 8], axis=1):
        ours = (
            SVC(C=2.0, class_weight="balanced")
            if member == "svm"
            else LogisticRegression(C=2.0, class_weight="balanced")
        )
        fit = make_pipeline(StandardScaler(), ours).fit(part[learn], y[learn])
        due.append(fit.decision_function(part[out]))
    np.testing.assert_allclose(model.score(given, out), np.mean(due, axis=0), atol=1e-6)
    model.save(tmp_path / "model.npz")
    again = Pooled(3, member, C=2.0)
    again.load(tmp_path / "model.npz")
    np.testing.assert_array_equal(again.score(given, out), model.score(given, out))
    assert again.parameters == model.parameters
    with pytest.raises(vf.ParameterError, match=r"model\.npz: "):
        Pooled(2, member).load(tmp_path / "model.npz")
    with pytest.raises(vf.ParameterError, match="front ends and statistics that it was trained with"):
        again.score(columns(np.random.default_rng(0), (5, 3, 2))[0], out)


def test_all_inputs_of_a_config():
    one, several = (configs.read(configs.find(name)).input for name in ("toy/lfcc_svm", "minifake/pooled"))
    assert [each.front_end for each in features.inputs(one)] == [one.front_end]
    assert tuple(each.front_end for each in features.inputs(several)) == several.front_ends
    assert len(several.front_ends) > 2
    rows = sum(len(vf.frontend(name).rows) for name in several.front_ends)
    assert features.shape_of(several) == (rows * len(several.statistics),)


@pytest.mark.slow
def test_a_pooled_run_is_read_back(tmp_path):
    assert train(tmp_path, "toy/pooled", "report.draws=0") == 0
    [folder] = tmp_path.glob("toy/pooled*/toy-clean")
    config = configs.read(folder / "config.toml")
    model = systems.load(config, folder / "seed-0")
    corpus = read_corpus("toy")
    rows = [clip for clip in corpus.clips if clip.split == "eval"]
    given = features.compute(corpus, rows, config.input, config.data, tmp_path / "cache", quiet)
    found = json.loads((folder / "seed-0/metrics.json").read_text())
    ours = vf.metrics.Calibration(**found["calibration"]).apply(model.score(given, np.arange(len(rows))))
    theirs = vf.metrics.read_scores(folder / "seed-0/scores_eval.txt").select([row.utt for row in rows])
    np.testing.assert_allclose(ours, theirs.scores, rtol=1e-4, atol=1e-4)
    assert found["seconds"]["features"] > 0


class TestChoosing:
    def test_what_helps_is_added_and_the_rest_is_not(self):
        """Two independent detectors help each other; a copy of the first and one that guesses do not."""
        rng = np.random.default_rng(0)
        y = np.repeat([1.0, 0.0], 400)
        one, two = (2 * y - 1 + rng.standard_normal(800) for _ in range(2))
        found = Heard(tuple("abcd"), np.array([one, one, rng.standard_normal(800), two]), y, (1.0,) * 4)
        chosen = forward(found)
        assert sorted(chosen)[-1] == 3
        assert len(chosen) == 2
        assert 2 not in chosen

    def test_eval_is_not_read(self, tmp_path, monkeypatch):
        corpus = teaching(tmp_path / "made") if (tmp_path / "made").mkdir() is None else None
        for clip in corpus.clips:
            if clip.split == "eval":
                clip.path.write_bytes(b"no audio")
        config = configs.read(configs.find("toy/pooled"))
        place = runs.Place(str(tmp_path / "made"), tmp_path)
        found = heard(config, ["kaldi-mfcc", "asvspoof2019-lfcc"], place)
        kept = [clip for clip in corpus.clips if clip.split != "eval"]
        np.testing.assert_array_equal(found.y, labels(kept))

    @pytest.mark.processes
    def test_the_script(self, tmp_path):
        words = ["toy/pooled", "--out", str(tmp_path), "--candidates", "kaldi-mfcc,project-chroma"]
        command = [sys.executable, str(EXAMPLES / "choose_front_ends.py"), *words]
        ended = subprocess.run(command, capture_output=True, text=True, check=True)
        assert ended.stdout.splitlines()[-1].startswith('front_ends = ["')
