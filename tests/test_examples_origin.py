"""Which data a run of examples/ was made from: no run goes on with others', and a name is one recording's."""

import dataclasses
import json
import os
import shutil

import numpy as np
import pytest
import soundfile
from detecting import need, protocol, train

need("sklearn", "torch")

from detect import config as configs, features, logbook, origin  # noqa: E402
from detect.config import Report  # noqa: E402
from detect.corpus import Clip, Corpus  # noqa: E402
from detect.layouts import read_corpus  # noqa: E402
from detect.toy import toy  # noqa: E402

import voicefeat as vf  # noqa: E402

QUICK = ("toy/lfcc_svm", "report.draws=0")


def manifest(folder, change=lambda row: row):
    """The toy's recordings in a folder, with a manifest whose rows `change` may alter."""
    folder.mkdir(parents=True, exist_ok=True)
    clips = toy(folder).clips
    lines = ["path,label,speaker,system,split"]
    for c in clips:
        row = {"path": c.path.name, "label": c.key, "speaker": c.speaker}
        row |= {"system": c.attack, "split": c.split}
        lines.append(",".join(change(row).values()))
    (folder / "manifest.csv").write_text("\n".join(lines) + "\n")
    return folder


def inverted(row):
    return row | {"label": "spoof" if row["label"] == "bonafide" else "bonafide"}


def told(capsys):
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("train.py: error: ")]
    assert len(lines) == 1
    return lines[0]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A finished run on a folder called corpus, and where it is."""
    home = tmp_path_factory.mktemp("origin")
    folder = manifest(home / "one" / "corpus")
    assert train(home / "out", *QUICK, data=folder) == 0
    return home


@pytest.fixture
def run(trained, tmp_path):
    """A copy of that folder and of its run."""
    shutil.copytree(trained, tmp_path / "home")
    return tmp_path / "home" / "one" / "corpus", tmp_path / "home" / "out"


@pytest.mark.slow
def test_the_same_data_go_on_wherever_they_are(run, capsys, tmp_path):
    """Another path, other times of files: the same bytes, and so the same run."""
    folder, out = run
    before = {p.name for p in (out / "cache").iterdir()}
    moved = tmp_path / "elsewhere" / "corpus"
    shutil.copytree(folder, moved, copy_function=shutil.copyfile)
    for path in moved.iterdir():
        os.utime(path, (1, 1))
    assert train(out, *QUICK, data=moved) == 0
    assert "seed 0 is finished" in capsys.readouterr().err
    assert {p.name for p in (out / "cache").iterdir()} == before


@pytest.mark.slow
def test_inverted_labels_are_another_run(run, capsys):
    folder, out = run
    scores = (out / "toy/lfcc_svm+draws=0/corpus-clean/seed-0/scores_eval.txt").read_bytes()
    manifest(folder, inverted)
    assert train(out, *QUICK, data=folder) == 2
    said = told(capsys)
    assert "holds a run on other data (another label: toy_train_0_0, toy_train_0_1" in said
    assert "45 more" in said
    assert said.endswith("give another --out, or remove it")
    assert (out / "toy/lfcc_svm+draws=0/corpus-clean/seed-0/scores_eval.txt").read_bytes() == scores
    assert train(out.parent / "new", *QUICK, data=folder) == 0


def test_another_folder_of_the_same_name_is_another_run(run, capsys, tmp_path):
    _, out = run
    other = manifest(tmp_path / "two" / "corpus")
    for path in other.glob("*.wav"):
        y, rate = soundfile.read(path)
        soundfile.write(path, 0.5 * y, rate)
    assert train(out, *QUICK, data=other) == 2
    assert "another recording: toy_train_0_0, toy_train_0_1, toy_train_0_2 and 45 more" in told(capsys)


def test_one_recording_changed_in_place_and_in_time(run, capsys):
    """The same name, size and time of modification: the bytes are another's."""
    folder, out = run
    path = folder / "toy_eval_9_1.wav"
    state = path.stat()
    data = bytearray(path.read_bytes())
    data[-2:] = b"\x01\x02"
    path.write_bytes(data)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    origin._content.cache_clear()  # as a new process begins
    assert train(out, *QUICK, data=folder) == 2
    assert "(another recording: toy_eval_9_1)" in told(capsys)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda row: row | {"split": {"dev": "eval", "eval": "dev"}.get(row["split"], "train")}, "only here"),
        (lambda row: row | {"speaker": f"{row['speaker']}x"}, "another speaker"),
        (lambda row: row | {"system": row["system"].replace("T01", "T09")}, "another attack"),
    ],
)
def test_a_list_that_says_otherwise(run, capsys, change, said):
    folder, out = run
    manifest(folder, change)
    assert train(out, *QUICK, data=folder) == 2
    assert said in told(capsys)


def test_a_run_that_does_not_say_what_it_was_made_from(run, capsys):
    folder, out = run
    (out / "toy/lfcc_svm+draws=0/corpus-clean/origin.json").unlink()
    assert train(out, *QUICK, data=folder) == 2
    assert "does not say which data it was made from" in told(capsys)


def test_a_report_of_other_settings_is_another(run, capsys, tmp_path):
    """Intervals of a finished seed are not those of other draws, which stand in a file that was edited."""
    folder, out = run
    made = dataclasses.replace(configs.read(configs.find(QUICK[0]), QUICK[1:]), report=Report(draws=7))
    (tmp_path / "edited.toml").write_text(made.to_toml())
    assert train(out, str(tmp_path / "edited.toml"), data=folder) == 2
    assert "report.draws=7, there 0" in told(capsys)


@pytest.mark.slow
def test_a_fusion_of_other_members_is_another(tmp_path, capsys):
    """A member whose file has changed, and that was trained anew: the fusion of the old one does not stay."""
    place = tmp_path / "configs"
    place.mkdir()
    for name, c in (("a", 1.0), ("b", 2.0)):
        base = configs.read(configs.find("toy/lfcc_svm"), [f"model.settings.C={c}"])
        (place / f"{name}.toml").write_text(dataclasses.replace(base, name=name).to_toml())
    members = json.dumps([str(place / "a.toml"), str(place / "b.toml")])
    fusion = place / "f.toml"
    fusion.write_text(f'name = "f"\n[model]\nkind = "fusion"\nmembers = {members}\n[training]\nseeds = [0]\n')
    words = [str(fusion), "report.draws=0"]
    assert train(tmp_path / "out", *words) == 0
    shutil.rmtree(tmp_path / "out" / "b+draws=0")
    (place / "b.toml").write_text((place / "b.toml").read_text().replace("C = 2.0", "C = 0.01"))
    assert train(tmp_path / "out", *words) == 2
    assert "another member b+draws=0" in told(capsys)
    assert not (tmp_path / "out" / "b+draws=0").exists(), "refused before work"


@pytest.mark.slow
def test_other_weights_to_begin_from_are_another(tmp_path, capsys):
    words = ["toy/ann", "epochs=1", "report.draws=0", "seeds=[0]"]
    start = tmp_path / "model.pt"
    for k in (0, 1):
        assert train(tmp_path / f"first{k}", *words, f"training.rate=0.00{k + 1}") == 0
    shutil.copy(tmp_path / "first0/toy/ann+draws=0+epochs=1/toy-clean/seed-0/model.pt", start)
    assert train(tmp_path / "out", *words, f"model.start={start}") == 0
    shutil.copy(tmp_path / "first1/toy/ann+draws=0+epochs=1+rate=0.002/toy-clean/seed-0/model.pt", start)
    capsys.readouterr()
    assert train(tmp_path / "out", *words, f"model.start={start}") == 2
    assert "another model.start" in told(capsys)


def test_rows_of_a_table_that_are_left_out():
    """A subset of a table's rows has the numbers of these rows."""
    table = np.arange(12.0).reshape(6, 2)
    clips = tuple(Clip(f"row{k + 1}", k % 2 == 0, line=k) for k in range(6))
    corpus = Corpus("t", None, clips, columns=("a", "b"), table=table)
    made = features.compute(corpus, [clips[4], clips[1]], None, None, None, None)
    assert made.values.tolist() == [[8, 9], [2, 3]]


class TestNames:
    def write(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, 0.1 * np.ones(800), 16000)
        return path

    def test_two_recordings_of_one_name(self, tmp_path):
        protocol(tmp_path, [("s", "U", "-", "bonafide"), ("s", "V", "A01", "spoof")])
        paths = [self.write(tmp_path / place) for place in ("flac/U.flac", "zz/U.flac", "flac/V.flac")]
        with pytest.raises(vf.ParameterError) as caught:
            read_corpus(str(tmp_path))
        assert all(str(path) in str(caught.value) for path in paths[:2])
        assert "take all but one away" in str(caught.value)
        paths[1].rename(tmp_path / "zz/W.flac")  # of which no protocol speaks
        self.write(tmp_path / "other/W.flac")
        assert [clip.path for clip in read_corpus(str(tmp_path)).clips] == [paths[0], paths[2]]

    @pytest.mark.parametrize("kind", ["manifest", "folders"])
    def test_two_of_one_name_in_other_layouts(self, tmp_path, kind):
        paths = [self.write(tmp_path / "real" / place / "U.flac") for place in ("a", "b")]
        self.write(tmp_path / "fake" / "V.flac")
        if kind == "manifest":
            lines = [f"{path.relative_to(tmp_path)},bonafide" for path in paths]
            (tmp_path / "manifest.csv").write_text("\n".join(["path,label", *lines]))
        with pytest.raises(vf.ParameterError) as caught:
            read_corpus(str(tmp_path))
        assert all(str(path) in str(caught.value) for path in paths)

    def test_files_of_macos_are_no_clips(self, tmp_path):
        """In folders of classes, beside protocols, and as protocols."""
        for name in ("real/r", "fake/f"):
            path = self.write(tmp_path / "two" / f"{name}.wav")
            path.with_name(f"._{path.name}").write_bytes(b"\0\5\x16\7")
        assert {c.path.name for c in read_corpus(str(tmp_path / "two")).clips} == {"r.wav", "f.wav"}
        lists = tmp_path / "lists"
        lists.mkdir()
        protocol(lists, [("s", "U", "-", "bonafide")])
        protocol(lists, [("s", "._U", "-", "bonafide")], "._lists.trn.txt")
        self.write(lists / "U.wav")
        (lists / "more").mkdir()
        (lists / "more" / "._U.wav").write_bytes(b"\0\5\x16\7")
        assert [c.utt for c in read_corpus(str(lists)).clips] == ["U"]

    def test_a_line_of_a_manifest_without_a_path(self, tmp_path):
        (tmp_path / "manifest.csv").write_text("path,label\na.wav,spoof\n,spoof\n")
        with pytest.raises(vf.ParameterError, match=r"manifest.csv:3: has no path or no label"):
            read_corpus(str(tmp_path))


class TestEvaluation:
    def other(self, tmp_path, name):
        """Other speakers' recordings, all in a split of that name."""
        folder = manifest(
            tmp_path / "other", lambda row: row | {"split": name, "speaker": f"o{row['speaker']}"}
        )
        return folder

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["", "eval", "test", "Evaluation"])
    def test_splits_by_their_usual_names(self, tmp_path, name):
        other = self.other(tmp_path, name)
        assert train(tmp_path / "out", *QUICK, data="toy", more=["--eval", str(other)]) == 0
        run = tmp_path / "out/toy/lfcc_svm+draws=0/toy-clean"
        assert len(vf.metrics.read_scores(run / "seed-0/scores_eval.txt").scores) == 12
        assert len(vf.metrics.read_scores(run / "evaluations/other/seed-0/scores_eval.txt").scores) == 48

    @pytest.mark.parametrize("name", ["train", "part 7"])
    def test_no_split_to_evaluate(self, tmp_path, capsys, name):
        other = self.other(tmp_path, name)
        assert train(tmp_path / "out", *QUICK, data="toy", more=["--eval", str(other)]) == 2
        said = told(capsys)
        assert f"--eval={str(other)!r}: its clips are of {name!r}, and none of eval" in said
        assert "give --eval" not in said

    def test_usual_names_in_the_corpus_itself(self, tmp_path):
        names = {"train": "Training", "dev": "validation", "eval": "test"}
        folder = manifest(tmp_path / "corpus", lambda row: row | {"split": names[row["split"]]})
        found = read_corpus(str(folder))
        assert {c.split for c in found.clips} == {"train", "dev", "eval"}
        assert "test as eval, validation as dev" in found.notes[0]

    def test_what_is_missing_is_said_as_it_is(self, tmp_path, capsys):
        folder = manifest(tmp_path / "corpus", lambda row: row | {"split": row["split"].replace("dev", "x")})
        assert train(tmp_path / "out", *QUICK, data=folder) == 2
        said = told(capsys)
        assert "no clips of dev, and some of 'eval', 'train', 'x'" in said
        assert "--eval FOLDER" not in said


class TestTemporaryNames:
    """A link at the name that is written beside a file's place is not followed."""

    @pytest.fixture
    def victim(self, tmp_path):
        path = tmp_path / "victim"
        path.write_text("precious")
        yield path
        assert path.read_text() == "precious"

    def links(self, place, victim):
        for name in (f"{place.name}.part", f".{place.name}.partial", f"{place.stem}.part"):
            place.with_name(name).symlink_to(victim)
        place.with_suffix(f".{os.getpid()}").symlink_to(victim)

    def test_results(self, tmp_path, victim):
        self.links(tmp_path / "config.toml", victim)
        logbook.put(tmp_path / "config.toml", "text")
        assert (tmp_path / "config.toml").read_text() == "text"

    def test_checkpoints_and_models(self, tmp_path, victim):
        from detect import classic, gmm, networks

        self.links(tmp_path / "checkpoint.pt", victim)
        networks._put(tmp_path / "checkpoint.pt", {"kind": "ann"})
        self.links(tmp_path / "model.npz", victim)
        model = gmm.GMM()
        model.mixtures = [(np.zeros(1), np.zeros((1, 2)), np.ones((1, 2)))] * 2
        model.save(tmp_path / "model.npz")
        with np.load(tmp_path / "model.npz") as held:
            assert len(held.files) == 6
        assert classic.replacing is gmm.replacing

    def test_caches(self, tmp_path, victim):
        self.links(tmp_path / "cues.json", victim)
        with logbook.shared(tmp_path / "cues.json") as file:
            file.write(b"[]")
        assert (tmp_path / "cues.json").read_bytes() == b"[]"

    def test_folders_of_features(self, tmp_path, victim):
        rows = toy(tmp_path).clips[:2]
        given = configs.read(configs.find("toy/lfcc_svm"))
        folder = tmp_path / "cache" / "0123456789abcdef"
        folder.parent.mkdir()
        aside = tmp_path / "theirs"
        aside.mkdir()
        folder.with_name(f"{folder.name}.{os.getpid()}").symlink_to(aside)
        fe = features.front_end(given.input)
        features._write(folder, fe, rows, given.input, given.data, lambda text: None)
        assert (folder / "about.json").is_file()
        assert not list(aside.iterdir())
