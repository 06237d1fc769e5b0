"""A trained detector is used again: score.py, further evaluation sets, judging again without training."""

import json
import shutil
from importlib import util

import numpy as np
import pytest
import soundfile
from detecting import EXAMPLES, need, protocol, train

need("sklearn", "torch")

from detect import classic, gmm, networks, saved  # noqa: E402
from detect.toy import toy  # noqa: E402

import voicefeat as vf  # noqa: E402

SPEC = util.spec_from_file_location("score", EXAMPLES / "score.py")
score_py = util.module_from_spec(SPEC)
SPEC.loader.exec_module(score_py)
#: Kinds of detectors: a config, and settings for a run in less than seconds.
KINDS = {
    "svm": ["toy/lfcc_svm"],
    "logistic": ["toy/lfcc_svm", "model.kind=logistic"],
    "forest": ["toy/lfcc_svm", "model.kind=forest", "model.settings={n_estimators = 20}"],
    "boosting": ["toy/lfcc_svm", "model.kind=boosting", "model.settings={min_samples_leaf = 2}"],
    "gmm": ["toy/lfcc_gmm"],
    "ann": ["toy/ann", "epochs=3"],
    "lcnn": ["toy/lfcc_lcnn", "epochs=1"],
    "fusion": ["toy/fusion"],
    "pooled": ["toy/pooled"],
}


def score(*words):
    """What score.py does with these words."""
    return score_py.main(score_py.words([str(word) for word in words]))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder of runs for the module."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def clips(home):
    """The toy's recordings with a manifest, as a corpus called clips."""
    return manifest(home / "clips")


def manifest(folder, change=lambda row: row):
    """The toy's recordings in a folder; `change` may alter a row of its manifest, None leaves it out."""
    folder.mkdir(parents=True)
    rows = []
    for c in toy(folder).clips:
        row = {"path": c.path.name, "label": c.key, "speaker": c.speaker}
        rows.append(change(row | {"system": c.attack, "split": c.split}))
    rows = [row for row in rows if row is not None]
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    (folder / "manifest.csv").write_text("\n".join(lines) + "\n")
    return folder


def another(name=""):
    """A change of rows to those of an evaluation set: its own speakers, no splits."""
    return lambda row: row | {"speaker": f"{name}{row['speaker']}", "split": ""}


@pytest.fixture(scope="module")
def runs(home):
    """A function of a kind to its run, which is trained when it is first asked for."""
    made = {}

    def run(kind):
        if kind not in made:
            assert train(home / kind, *KINDS[kind], "report.draws=0", "seeds=[0]") == 0
            found = [p.parent for p in (home / kind).rglob("run.json")]
            (made[kind],) = [p for p in found if kind != "fusion" or p.parent.name.startswith("fusion")]
        return made[kind]

    return run


@pytest.fixture
def run(runs, tmp_path):
    """A copy of the SVM's run."""
    shutil.copytree(runs("svm"), tmp_path / "run")
    return tmp_path / "run"


def never_train(monkeypatch):
    """From here on nothing is trained."""

    def refuse(*given):
        raise AssertionError("a model was trained")

    for kind in (classic.Classic, gmm.GMM, networks.Network):
        monkeypatch.setattr(kind, "fit", refuse)


def refused(*words):
    """The sentence of score.py."""
    with pytest.raises((vf.ParameterError, vf.AudioError)) as caught:
        score(*words)
    said = str(caught.value)
    assert "\n" not in said
    return said


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_scores_as_it_did(kind, runs, tmp_path, monkeypatch):
    """What is read back gives the evaluation clips the scores of the run."""
    run = runs(kind)
    never_train(monkeypatch)
    assert score(run, "toy", "--out", tmp_path / "scored") == 0
    there = vf.metrics.read_scores(run / "seed-0" / "scores_eval.txt")
    here = vf.metrics.read_scores(tmp_path / "scored" / "scores.txt")
    assert here.utterances == there.utterances
    assert here.keys.tolist() == there.keys.tolist()
    np.testing.assert_allclose(here.scores, there.scores, rtol=1e-6, atol=1e-6)
    found, before = (json.loads((at / "metrics.json").read_text()) for at in (tmp_path / "scored", run))
    for figure in ("eer", "auc", "cllr", "accuracy"):
        assert found["eval"][figure]["mean"] == pytest.approx(before["eval"][figure]["mean"], abs=1e-6)
    assert "TOY DATA" in (tmp_path / "scored" / "report.html").read_text()


def test_decisions_are_those_at_the_threshold_of_dev(runs, tmp_path, capsys):
    run = runs("gmm")
    assert score(run, "toy", "--out", tmp_path / "scored") == 0
    lines = [line.split("\t") for line in (tmp_path / "scored/scores.txt").read_text().splitlines()]
    assert lines[0] == ["utterance", "speaker", "attack", "key", "score", "decision", "path"]
    found = json.loads((run / "seed-0/metrics.json").read_text())
    dev = vf.metrics.read_scores(run / "seed-0/scores_dev.txt")
    assert found["threshold"] == vf.metrics.eer(dev.bonafide, dev.spoof).threshold
    decided = [(line[3], line[5]) for line in lines[1:]]
    counts = [decided.count(pair) for pair in (("bonafide", "bonafide"), ("bonafide", "spoof"))]
    counts += [decided.count(pair) for pair in (("spoof", "bonafide"), ("spoof", "spoof"))]
    assert counts == found["eval"]["confusion"]
    out = capsys.readouterr().out
    spoof = sum(decision == "spoof" for _, decision in decided)
    assert f"{spoof} of 12 are taken for spoof" in out


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["svm", "gmm", "ann", "fusion", "pooled"])
def test_a_finished_model_is_judged_again(kind, runs, home, tmp_path, capsys, monkeypatch):
    """Without its metrics a seed is scored and judged again: the same files, and no training."""
    out = tmp_path / "out"
    runs(kind)
    shutil.copytree(home / kind, out)
    names = ("metrics.json", "scores_dev.txt", "scores_eval.txt")
    seed = out / runs(kind).relative_to(home / kind) / "seed-0"
    before = {name: (seed / name).read_text() for name in names}
    for name in names:
        (seed / name).unlink()
    never_train(monkeypatch)
    capsys.readouterr()
    assert train(out, *KINDS[kind], "report.draws=0", "seeds=[0]") == 0
    assert (
        kind == "fusion" or "is there: scored and judged again, without training" in capsys.readouterr().err
    )
    for name in names[1:]:
        assert (seed / name).read_text() == before[name]
    found = json.loads((seed / "metrics.json").read_text())
    del found["seconds"]
    due = json.loads(before["metrics.json"])
    assert due.pop("seconds")["fit"] >= 0
    assert found == due


@pytest.mark.parametrize("fault", ["no fitted.json", "half a model", "another model"])
def test_a_model_that_is_not_whole_is_no_finished_one(fault, run, tmp_path, capsys):
    """As a run leaves it that is killed while it writes, or a copy that is not complete."""
    out = tmp_path / "out" / "toy" / "lfcc_svm+draws=0" / "toy-clean"
    shutil.copytree(run, out)
    seed = out / "seed-0"
    (seed / "metrics.json").unlink()
    scores = (seed / "scores_eval.txt").read_bytes()
    if fault == "no fitted.json":
        (seed / "fitted.json").unlink()
    elif fault == "half a model":
        (seed / "model.npz").write_bytes((seed / "model.npz").read_bytes()[:1000])
    else:
        (seed / "model.npz").write_bytes(b"x")
    assert train(tmp_path / "out", *KINDS["svm"], "report.draws=0", "seeds=[0]") == 0
    said = capsys.readouterr().err
    assert "seed 0: fitted" in said
    assert "without training" not in said
    assert (seed / "scores_eval.txt").read_bytes() == scores
    assert saved.read(out).model.parameters


class TestSets:
    """Several evaluation sets, then and later."""

    def evaluations(self, tmp_path, *names):
        return [w for n in names for w in ("--eval", str(manifest(tmp_path / n, another(n))))]

    def scores(self, out, name):
        return out / "toy/lfcc_svm+draws=0/toy-clean/evaluations" / name / "seed-0" / "scores_eval.txt"

    def test_two_and_a_third_later(self, tmp_path, capsys, monkeypatch):
        words, out = [*KINDS["svm"], "report.draws=0", "seeds=[0]"], tmp_path / "out"
        assert train(out, *words, more=self.evaluations(tmp_path, "A", "B")) == 0
        held = {name: vf.metrics.read_scores(self.scores(out, name)) for name in "AB"}
        assert [len(h) for h in held.values()] == [48, 48]
        own = vf.metrics.read_scores(out / "toy/lfcc_svm+draws=0/toy-clean/seed-0/scores_eval.txt")
        np.testing.assert_allclose(held["A"].select(own.utterances).scores, own.scores, rtol=1e-9)
        times = self.scores(out, "A").stat().st_mtime_ns
        never_train(monkeypatch)
        capsys.readouterr()
        assert train(out, *words, more=[*self.evaluations(tmp_path, "C"), "--eval", str(tmp_path / "A")]) == 0
        said = capsys.readouterr()
        assert len(vf.metrics.read_scores(self.scores(out, "C"))) == 48
        assert "A is scored by seed 0" in said.err
        assert self.scores(out, "A").stat().st_mtime_ns == times
        assert all(f"on {name}\n" in said.out for name in "ABC")
        page = (out / "toy/lfcc_svm+draws=0/toy-clean/report.html").read_text()
        assert all(f'<a href="evaluations/{name}/report.html">{name}</a>' in page for name in "ABC")
        found = json.loads((self.scores(out, "C").parents[1] / "metrics.json").read_text())
        assert "LEAKS: 36 of 48 recordings" in " ".join(found["notes"])

    def test_the_first_takes_the_place_of_a_missing_split(self, tmp_path):
        data = manifest(tmp_path / "two", lambda row: row if row["split"] != "eval" else None)
        sets = self.evaluations(tmp_path, "A", "B")
        for place in (
            tmp_path / "A",
            tmp_path / "B",
        ):  # their own names, or it cannot be told whose clips they are
            lines = (place / "manifest.csv").read_text().splitlines()
            for k, line in enumerate(lines[1:], 1):
                name, rest = line.split(",", 1)
                (place / name).rename(place / f"{place.name}{name}")
                lines[k] = f"{place.name}{name},{rest}"
            (place / "manifest.csv").write_text("\n".join(lines))
        assert train(tmp_path / "out", *KINDS["svm"], "report.draws=0", data=data, more=sets) == 0
        run = tmp_path / "out/toy/lfcc_svm+draws=0/two_then_A-clean"
        assert len(vf.metrics.read_scores(run / "seed-0/scores_eval.txt")) == 48
        assert [p.name for p in (run / "evaluations").iterdir()] == ["B"]

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda row: row | {"label": "perhaps"}, "label 'perhaps' is not known; write bonafide or spoof"),
            (lambda row: row | {"label": ""}, "has no path or no label"),
            (lambda row: row | {"label": "spoof"}, "has spoof clips only"),
            (
                lambda row: {"path": row["path"], "split": row["split"]},
                "score.py scores clips without labels",
            ),
        ],
    )
    def test_labels_that_are_not_known(self, change, said, tmp_path, capsys):
        place = manifest(tmp_path / "A", lambda row: change(another()(row)))
        assert train(tmp_path / "out", *KINDS["svm"], more=["--eval", str(place)]) == 2
        error = capsys.readouterr().err
        assert said in error
        assert error.count("\n") == 1
        assert not (tmp_path / "out").exists(), "refused before work"

    def test_another_set_of_the_same_name(self, run, tmp_path, capsys):
        out = tmp_path / "out" / "toy" / "lfcc_svm+draws=0" / "toy-clean"
        shutil.copytree(run, out)
        words = [*KINDS["svm"], "report.draws=0", "seeds=[0]"]
        sets = self.evaluations(tmp_path, "A")
        assert train(tmp_path / "out", *words, more=sets) == 0
        (tmp_path / "A").rename(tmp_path / "was")
        self.evaluations(tmp_path, "A")
        text = (tmp_path / "A/manifest.csv").read_text().replace("T01", "T07")
        (tmp_path / "A/manifest.csv").write_text(text)
        capsys.readouterr()
        assert train(tmp_path / "out", *words, more=sets) == 2
        assert "--eval: " in (said := capsys.readouterr().err)
        assert "another attack: toy_train_0_1" in said
        other = manifest(tmp_path / "sub" / "A", another())
        assert train(tmp_path / "out", *words, more=[*sets, "--eval", str(other)]) == 2
        assert "two sets are called A" in capsys.readouterr().err
        alike = [manifest(tmp_path / name, another()) for name in ("B C", "B_C")]
        given = [word for one in alike for word in ("--eval", str(one))]
        assert train(tmp_path / "out", *words, more=given) == 2
        assert "two sets are called B_C" in capsys.readouterr().err


class TestInputs:
    """What is scored."""

    def scores(self, tmp_path):
        return vf.metrics.read_scores(tmp_path / "scored" / "scores.txt")

    def test_recordings_folders_and_manifests_without_labels(self, run, clips, tmp_path, capsys):
        due = vf.metrics.read_scores(run / "seed-0/scores_eval.txt")
        name = due.utterances[3]
        assert score(run, clips / f"{name}.wav", "--out", tmp_path / "scored") == 0
        assert self.scores(tmp_path).utterances == [f"{name}.wav"]
        assert self.scores(tmp_path).scores[0] == pytest.approx(due.scores[3], rel=1e-6)
        assert "no report: 1 of 1 labels are not known" in capsys.readouterr().out
        folder = tmp_path / "some recordings" / "deep"
        folder.mkdir(parents=True)
        for k, utt in enumerate(due.utterances):
            shutil.copy(clips / f"{utt}.wav", folder / f"a {k:02d}.wav")
        assert score(run, tmp_path / "some recordings", "--out", tmp_path / "scored") == 0
        found = self.scores(tmp_path)
        assert found.utterances[1] == "deep/a 01.wav"
        assert found.keys is None
        np.testing.assert_allclose(found.scores, due.scores, rtol=1e-6)
        table = folder / "list.csv"
        table.write_text("path,id\n" + "".join(f"a {k:02d}.wav,x{k}\n" for k in (5, 2)))
        assert score(run, table, "--out", tmp_path / "scored") == 0
        np.testing.assert_allclose(self.scores(tmp_path).scores, due.scores[[5, 2]], rtol=1e-6)
        assert self.scores(tmp_path).utterances == ["x5", "x2"]
        assert not (tmp_path / "scored" / "report.html").exists()

    def test_manifests_and_protocols_with_labels(self, run, clips, tmp_path):
        due = vf.metrics.read_scores(run / "seed-0/scores_eval.txt")
        for place in (clips, clips / "manifest.csv"):
            assert score(run, place, "--out", tmp_path / "scored") == 0
            found = self.scores(tmp_path)
            np.testing.assert_allclose(found.select(due.utterances).scores, due.scores, rtol=1e-6)
            assert (found.keys.tolist(), found.attacks.tolist()) == (due.keys.tolist(), due.attacks.tolist())
        rows = zip(due.speakers, due.utterances, due.attacks, due.keys, strict=True)
        (tmp_path / "lists").mkdir()
        protocol(tmp_path / "lists", rows, "some.eval.txt")
        words = [
            run,
            tmp_path / "lists" / "some.eval.txt",
            "--recordings",
            clips,
            "--out",
            tmp_path / "scored",
        ]
        assert score(*words) == 0
        np.testing.assert_allclose(self.scores(tmp_path).scores, due.scores, rtol=1e-6)
        assert (tmp_path / "scored" / "report.html").is_file()

    def test_splits(self, run, clips, tmp_path, capsys):
        assert score(run, clips, "--split", "all", "--out", tmp_path / "scored") == 0
        assert len(self.scores(tmp_path)) == 48
        page = (tmp_path / "scored" / "report.html").read_text()
        assert "LEAKS: 36 of 48 recordings are among those that the run was made from" in page
        assert "12 of 48 recordings are among those of the run&#x27;s own eval" in page
        assert "--split='test': the clips are of dev, eval, train" in refused(run, clips, "--split", "test")

    def test_parts_of_recordings(self, run, clips, tmp_path):
        name = "toy_eval_9_0.wav"
        y, rate = soundfile.read(clips / name)
        soundfile.write(tmp_path / "part.wav", y[4000:16000], rate, subtype="PCM_16")
        (tmp_path / "list.csv").write_text(f"id,path,start,end\none,{clips / name},0.25,1.0\n")
        found = []
        for place in (tmp_path / "list.csv", tmp_path / "part.wav"):
            assert score(run, place, "--out", tmp_path / "scored") == 0
            found.append(self.scores(tmp_path).scores[0])
        assert found[0] == pytest.approx(found[1], rel=1e-6)

    @pytest.mark.slow
    def test_windows(self, clips, tmp_path):
        words = ["toy/lfcc_svm", "data.window=0.5", "report.draws=0", "seeds=[0]"]
        assert train(tmp_path / "out", *words, data=clips) == 0
        (run,) = [p.parent for p in (tmp_path / "out").rglob("run.json")]
        assert score(run, clips, "--out", tmp_path / "scored") == 0
        due, found = vf.metrics.read_scores(run / "seed-0/scores_eval.txt"), self.scores(tmp_path)
        assert found.utterances == due.utterances
        assert "@0.5" in found.utterances[1]
        np.testing.assert_allclose(found.scores, due.scores, rtol=1e-6)

    def test_a_table(self, run, tmp_path):
        rng = np.random.default_rng(3)
        lines = [
            f"{a:.4f},{b:.4f},{'REAL' if a + b > 0 else 'FAKE'}" for a, b in rng.standard_normal((200, 2))
        ]
        (tmp_path / "t").mkdir()
        table = tmp_path / "t" / "DATASET-balanced.csv"
        table.write_text("one,two,LABEL\n" + "\n".join(lines) + "\n")
        words = ["deepvoice/table/boosting", "protocol=seed", "report.draws=0", "seeds=[0]"]
        assert train(tmp_path / "out", *words, data=table) == 0
        (made,) = [p.parent for p in (tmp_path / "out").rglob("run.json")]
        assert score(made, table, "--out", tmp_path / "scored") == 0
        due = vf.metrics.read_scores(made / "seed-0/scores_eval.txt")
        np.testing.assert_allclose(self.scores(tmp_path).select(due.utterances).scores, due.scores, rtol=1e-6)
        assert "was trained on a table with the columns one, two" in refused(made, "toy")
        assert "was trained on recordings, and t is a table with the columns" in refused(run, table)


class TestFaults:
    """Each is one sentence that names what is wrong."""

    def test_a_folder_that_is_no_run(self, run, tmp_path):
        assert "RUN='none': is not there; name a folder that train.py left" in refused("none", "toy")
        (tmp_path / "empty").mkdir()
        assert "holds no run; name a folder" in refused(tmp_path / "empty", "toy")
        assert f"is no run itself; name one below it, such as {run}" in refused(tmp_path, "toy")

    def test_another_version(self, run):
        about = json.loads((run / "run.json").read_text())
        (run / "run.json").write_text(json.dumps(about | {"form": 99, "voicefeat": "9.0"}))
        assert "has the form 99 of voicefeat 9.0" in refused(run, "toy")
        (run / "run.json").unlink()
        assert "has no run.json: a part is missing, or an older version left it" in refused(run, "toy")

    def test_train_does_not_go_on_with_another_version(self, run, tmp_path, capsys):
        out = tmp_path / "out" / "toy" / "lfcc_svm+draws=0" / "toy-clean"
        shutil.copytree(run, out)
        (out / "run.json").unlink()
        words = [*KINDS["svm"], "report.draws=0", "seeds=[0]"]
        assert train(tmp_path / "out", *words) == 2
        assert "holds a run that another version of these examples left" in capsys.readouterr().err

    @pytest.mark.parametrize(
        "name", ["config.toml", "seed-0/metrics.json", "seed-0/fitted.json", "seed-0/model.npz", "clips.csv"]
    )
    def test_a_missing_part(self, name, run, tmp_path):
        (run / name).unlink()
        said = refused(run, "toy", "--out", tmp_path / "scored")
        if name == "seed-0/metrics.json":
            assert "no seed of it is finished" in said
        else:
            assert f"{run / name}: is not there; copy the whole run again" in said

    def test_another_front_end(self, run, tmp_path, capsys):
        about = json.loads((run / "run.json").read_text())
        digest = vf.frontend("asvspoof2019-lfcc").digest
        assert about["front_ends"] == {"asvspoof2019-lfcc": digest}
        (run / "run.json").write_text(json.dumps(about | {"front_ends": {"asvspoof2019-lfcc": "0" * 16}}))
        said = refused(run, "toy")
        assert f"the front end asvspoof2019-lfcc of digest {'0' * 16}" in said
        assert f"defines it otherwise ({digest})" in said
        out = tmp_path / "out" / "toy" / "lfcc_svm+draws=0" / "toy-clean"
        shutil.copytree(run, out)
        assert train(tmp_path / "out", *KINDS["svm"], "report.draws=0", "seeds=[0]") == 2
        assert "front ends have other digests" in capsys.readouterr().err

    def test_a_setting_that_the_run_did_not_know(self, run, tmp_path):
        """Its default changes no digest: config.toml of before it was there."""
        text = (run / "config.toml").read_text()
        assert "decay = 0.0\n" in text
        (run / "config.toml").write_text(text.replace("decay = 0.0\n", ""))
        assert score(run, "toy", "--out", tmp_path / "scored") == 0

    def test_files_that_were_changed(self, run):
        text = (run / "config.toml").read_text()
        (run / "config.toml").write_text(text.replace("rate = 16000", "rate = 8000"))
        assert "config.toml: was changed after the run" in refused(run, "toy")
        (run / "config.toml").write_text(text)
        with (run / "seed-0/model.npz").open("ab") as file:
            file.write(b"more")
        assert "model.npz: is not the file that was written" in refused(run, "toy")
        (run / "seed-0/metrics.json").write_text("{")
        assert "metrics.json: is not what train.py wrote" in refused(run, "toy")

    def test_a_seed_that_is_not_there(self, run):
        assert "--seed=7: " in (said := refused(run, "toy", "--seed", "7"))
        assert "has 0; choose one of them" in said

    def test_the_exit_status_of_the_command(self, run, tmp_path, capsys, monkeypatch):
        (tmp_path / "file").touch()
        assert score_py.command([str(run), "toy", "--out", str(tmp_path / "file" / "below")]) == 2
        assert "score.py: error: " in (told := capsys.readouterr().err)
        assert "Not a directory" in told
        assert score_py.command([str(tmp_path / "none"), "toy"]) == 2

        def stop(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(saved, "read", stop)
        assert score_py.command([str(run), "toy"]) == 130
        assert capsys.readouterr().err.endswith("score.py: stopped\n")

    def test_a_fusion_without_its_member(self, runs, tmp_path):
        shutil.copytree(runs("fusion"), tmp_path / "fusion" / "one" / "toy-clean")
        about = json.loads((tmp_path / "fusion/one/toy-clean/run.json").read_text())
        assert sorted(about["members"].values()) == sorted(set(about["members"].values()))
        assert "is a fusion, and of its members" in refused(tmp_path / "fusion/one/toy-clean", "toy")
        (tmp_path / "fusion/one/toy-clean/run.json").write_text(json.dumps(about | {"members": {"a": "."}}))
        assert "names the run as its own member" in refused(tmp_path / "fusion/one/toy-clean", "toy")

    def test_paths(self, run, clips, tmp_path, capsys):
        assert "PATH='none.wav': is not there" in refused(run, "none.wav")
        (tmp_path / "notes.txt").write_text("some words\n")
        assert "is no protocol" in refused(run, tmp_path / "notes.txt")
        (tmp_path / "list.csv").write_text(f"path,label\n{clips}/toy_eval_9_0.wav,perhaps\n")
        assert "label 'perhaps' is not known" in refused(run, tmp_path / "list.csv")
        assert "names toy_eval_9_0.wav more than once" in refused(run, *[clips / "toy_eval_9_0.wav"] * 2)
        soundfile.write(tmp_path / "silent.wav", np.zeros(16000), 16000)
        silent = refused(run, tmp_path / "silent.wav", "--out", tmp_path / "s")
        assert "silent.wav: holds nothing but silence" in silent
        (tmp_path / "broken.wav").write_bytes(b"no sound")
        paths = [tmp_path / "silent.wav", clips / "toy_eval_9_0.wav", tmp_path / "broken.wav"]
        capsys.readouterr()
        assert score(run, *paths, "--out", tmp_path / "s") == 1, "the others are scored"
        said = [line for line in capsys.readouterr().err.splitlines() if "not scored" in line]
        assert ["silent.wav" in said[0], "broken.wav" in said[1], len(said)] == [True, True, 2]
        assert vf.metrics.read_scores(tmp_path / "s" / "scores.txt").utterances == ["toy_eval_9_0.wav"]
        soundfile.write(tmp_path / "short.wav", np.full(200, 0.1), 16000)
        said = refused(run, tmp_path / "short.wav")
        assert "short.wav has 200 samples, fewer than one frame of 320; leave it out" in said
        assert "--seed=1: RUN=" in (said := refused(run / "seed-0", "toy", "--seed", "1"))
        assert "is of seed 0; give one of them" in said
        (tmp_path / "files.csv").write_text("file,label\na.wav,spoof\n")
        assert "has no column 'path', only file, label" in refused(run, tmp_path / "files.csv")
        (tmp_path / "names.csv").write_text("path\ntoy_eval_9_0.wav\n")
        assert "relative to as --recordings" in refused(run, tmp_path / "names.csv")
        assert score(run, tmp_path / "names.csv", "--recordings", clips, "--out", tmp_path / "n") == 0
        assert "--out=" in (said := refused(run, "toy", "--out", run))
        assert "holds other files; name a new folder" in said
