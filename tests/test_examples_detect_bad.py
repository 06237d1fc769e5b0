"""Bad input to examples/train.py: one sentence that names what is wrong and what to do, and exit status 2."""

import re
import subprocess
import sys

import numpy as np
import pytest
import soundfile
from detecting import EXAMPLES, need, protocol, train

need("sklearn", "torch")

import torch  # noqa: E402
from detect import classic  # noqa: E402
from detect.layouts import read_corpus  # noqa: E402

RATE = 16000


def refused(capsys, out, *words, **more):
    """The sentence with which a command is refused."""
    assert train(out, *words, **more) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("train.py: error: ")]
    assert len(lines) == 1
    assert not (out / "report.html").exists()
    return lines[0].removeprefix("train.py: error: ")


@pytest.fixture
def corpus(tmp_path):
    """A folder with a protocol for each split and its audio: two speakers of each, a clip of either class."""
    rng = np.random.default_rng(0)
    lists = {}
    for k, name in enumerate(("train", "dev", "eval")):
        lists[name] = []
        for speaker in (f"s{2 * k}", f"s{2 * k + 1}"):
            for key, attack in (("bonafide", "-"), ("spoof", "A01")):
                utt = f"{name}_{speaker}_{key}"
                soundfile.write(tmp_path / f"{utt}.wav", 0.1 * rng.standard_normal(RATE), RATE)
                lists[name].append((speaker, utt, attack, key))
        protocol(tmp_path, lists[name], f"lists.{name}.txt")
    return tmp_path, lists


@pytest.mark.slow
def test_a_good_corpus_is_taken(corpus, tmp_path):
    words = ["toy/ann", "batch=2", "report.draws=0", "epochs=1"]
    assert train(tmp_path / "out", *words, data=corpus[0]) == 0


def test_audio_that_is_not_there(corpus, tmp_path, capsys):
    folder, _ = corpus
    (folder / "dev_s2_spoof.wav").unlink()
    told = refused(capsys, tmp_path / "out", "toy/ann", data=folder)
    assert "1 of 12 recordings that the protocol names are not there" in told
    assert "dev_s2_spoof" in told


def test_speakers_in_two_splits(corpus, tmp_path, capsys):
    folder, lists = corpus
    protocol(folder, [("s0", *line[1:]) for line in lists["dev"]], "lists.dev.txt")
    told = refused(capsys, tmp_path / "out", "toy/ann", "batch=2", data=folder)
    assert re.search(r"allow_overlap=False: 1 speakers are in both train and dev: s0", told)
    words = ["toy/ann", "batch=2", "report.draws=0", "allow_overlap=true"]
    assert train(tmp_path / "out", *words, data=folder) == 0
    [page] = [path.read_text() for path in (tmp_path / "out").rglob("report.html")]
    assert "Speakers in two splits were allowed" in page


def test_one_class_only(corpus, tmp_path, capsys):
    folder, lists = corpus
    protocol(folder, [line for line in lists["eval"] if line[3] == "spoof"], "lists.eval.txt")
    told = refused(capsys, tmp_path / "out", "toy/ann", data=folder)
    assert "'eval': has spoof clips only" in told


def test_the_same_clip_twice(corpus, tmp_path, capsys):
    folder, lists = corpus
    protocol(folder, [*lists["dev"], lists["eval"][0]], "lists.dev.txt")
    assert "more than once" in refused(capsys, tmp_path / "out", "toy/ann", data=folder)


def test_silence(corpus, tmp_path, capsys):
    folder, _ = corpus
    soundfile.write(folder / "eval_s4_spoof.wav", np.zeros(RATE), RATE)
    told = refused(capsys, tmp_path / "out", "toy/ann", "batch=2", data=folder)
    assert "eval_s4_spoof" in told
    assert "nothing but silence" in told


def test_a_recording_that_cannot_be_read(corpus, tmp_path, capsys):
    folder, _ = corpus
    (folder / "eval_s4_spoof.wav").write_bytes(b"no audio")
    assert "eval_s4_spoof" in refused(capsys, tmp_path / "out", "toy/ann", "batch=2", data=folder)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[trainin]\nepochs = 3", "did you mean 'training'"),
        ("[training]\nepoch = 3", "did you mean 'epochs'"),
        ("[training]\nepochs = 'many'", "must be a whole number"),
        ("[training]\nepochs = 0", "must be 1 or more"),
        ("[training]\nseeds = []", "must be whole numbers"),
        ("[training]\nseeds = [1, 1]", "names a seed twice"),
        ("[model]\nkind = 'an'", "did you mean 'ann'"),
        ("[input]\nstatistics='mean'\n[model]\nsettings={ hiden = 3 }\n[training]\nbatch=8", "hiden"),
        ("[input]\nfront_end = 'project-mfc'", "project-mfcc"),
        ("[data]\nprotocol = 'random'", "choose one of clean, seed, folds"),
        ("[data\n", "is not TOML"),
    ],
)
def test_a_config_that_is_wrong(text, told, tmp_path, capsys):
    (tmp_path / "c.toml").write_text(text)
    assert told in refused(capsys, tmp_path / "out", str(tmp_path / "c.toml"))


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("epoch=3", "did you mean epochs"),
        ("training.epoc=3", "did you mean training.epochs"),
        ("epochs", "key=value"),
    ],
)
def test_a_word_that_is_wrong(word, told, tmp_path, capsys):
    assert told in refused(capsys, tmp_path / "out", "toy/ann", word)


def test_a_config_that_is_not_there(tmp_path, capsys):
    told = refused(capsys, tmp_path / "out", "configs/toy/an.toml")
    assert "did you mean toy/ann? there: toy/ann, toy/ann_dropout" in told
    assert "minifake" not in told, "other folders are not listed"
    told = refused(capsys, tmp_path / "out", "nowhere/zzzz")
    assert told.endswith("deepvoice/as_published/table, deepvoice/table, minifake, toy")


def test_no_corpus(tmp_path, capsys):
    assert "is not there" in refused(capsys, tmp_path / "out", "toy/ann", data=tmp_path / "none")
    (tmp_path / "empty").mkdir()
    told = refused(capsys, tmp_path / "out", "toy/ann", data=tmp_path / "empty")
    assert "no corpus is recognised" in told


def test_fewer_clips_than_a_batch(tmp_path, capsys):
    told = refused(capsys, tmp_path / "out", "toy/ann", "batch=25")
    assert "24 rows to train on" in told
    assert "batch=24" in told


def test_frames_for_a_model_of_vectors(tmp_path, capsys):
    told = refused(capsys, tmp_path / "out", "toy/ann", "statistics=[]")
    assert "clips differ" in told
    assert "input.statistics" in told


def test_scores_that_are_no_numbers(tmp_path, capsys, monkeypatch):
    score = classic.Classic.score

    def broken(self, features, index):
        found = score(self, features, index)
        found[1] = np.nan
        return found

    monkeypatch.setattr(classic.Classic, "score", broken)
    told = refused(capsys, tmp_path / "out", "toy/lfcc_svm")
    assert "not finite" in told
    assert "toy_dev_6_1" in told


@pytest.mark.slow
def test_a_checkpoint_of_another_network(tmp_path, capsys):
    assert train(tmp_path / "a", "toy/ann", "epochs=1", "report.draws=0") == 0
    model = tmp_path / "a/toy/ann+draws=0+epochs=1/toy-clean/seed-0/model.pt"
    start = f"model.start={model}"
    told = refused(capsys, tmp_path / "b", "toy/lstm", start)
    assert "is a ann, and model.kind='lstm'" in told
    told = refused(capsys, tmp_path / "c", "toy/ann", start, "model.settings.hidden=32")
    assert "with other settings" in told
    assert train(tmp_path / "d", "toy/ann", start, "epochs=1", "report.draws=0") == 0
    assert "is not there" in refused(capsys, tmp_path / "e", "toy/ann", "model.start=none.pt")


def test_a_checkpoint_that_would_run_code(tmp_path, capsys):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("code of a checkpoint was run",))

    torch.save({"kind": "ann", "net": Trap(), "standardise": {}}, tmp_path / "model.pt")
    told = refused(capsys, tmp_path / "out", "toy/ann", f"model.start={tmp_path / 'model.pt'}")
    assert "cannot be read" in told


@pytest.mark.slow
def test_a_run_with_other_settings(tmp_path, capsys):
    """Given on the command line, they have a folder of their own; a file that was edited is refused."""
    file = tmp_path / "mine.toml"
    for line in ("C = 3.0", "C = 1.0"):
        file.write_text(f'base = "{EXAMPLES}/configs/toy/lfcc_svm.toml"\n[model]\nsettings = {{ {line} }}\n')
        if line == "C = 3.0":
            assert train(tmp_path, str(file)) == 0
            assert train(tmp_path, str(file), "model.settings.C=1.0") == 0
            names = {path.parent.name for path in tmp_path.glob("mine*/toy-clean")}
            assert names == {"mine", "mine+C=1.0"}
    told = refused(capsys, tmp_path, str(file))
    assert "holds a run with other settings" in told
    assert "model.settings" in told


def test_a_device_that_is_not_here(tmp_path, capsys):
    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    assert "give device=cpu" in refused(capsys, tmp_path, "toy/ann", "device=cuda")
    assert "choose auto, cpu or cuda" in refused(capsys, tmp_path, "toy/ann", "device=gpu0")


def test_weights_that_cannot_be_had(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("HF_HOME", str(tmp_path / "empty"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "empty"))
    told = refused(
        capsys, tmp_path, "asvspoof2019/resnet101", "subset=0", "batch=8", "model.settings.weights=timm"
    )
    assert "leave model.weights out" in told


class TestLayouts:
    def write(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, 0.1 * np.ones(RATE), RATE)

    def test_deepvoice_as_downloaded(self, tmp_path):
        for name in ("REAL/a-original", "REAL/b-original", "FAKE/a-to-b", "FAKE/b-to-a"):
            self.write(tmp_path / "KAGGLE" / "AUDIO" / f"{name}.wav")
        clips = {c.utt: c for c in read_corpus(str(tmp_path)).clips}
        assert {u: (c.bonafide, c.groups) for u, c in clips.items()} == {
            "real/a-original": (True, {"a"}),
            "real/b-original": (True, {"b"}),
            "fake/a-to-b": (False, {"a", "b"}),
            "fake/b-to-a": (False, {"a", "b"}),
        }

    def test_asvspoof_2019_as_downloaded(self, tmp_path):
        for split, first in (("train", "T"), ("dev", "D"), ("eval", "E")):
            end = "trn" if split == "train" else "trl"
            lists = tmp_path / "LA" / "ASVspoof2019_LA_cm_protocols"
            lists.mkdir(parents=True, exist_ok=True)
            protocol(
                lists, [("LA_1", f"LA_{first}_1", "A01", "spoof")], f"ASVspoof2019.LA.cm.{split}.{end}.txt"
            )
            self.write(tmp_path / "LA" / f"ASVspoof2019_LA_{split}" / "flac" / f"LA_{first}_1.flac")
        clips = read_corpus(str(tmp_path)).clips
        assert {(c.utt, c.split, c.attack, c.speaker) for c in clips} == {
            ("LA_T_1", "train", "A01", "LA_1"),
            ("LA_D_1", "dev", "A01", "LA_1"),
            ("LA_E_1", "eval", "A01", "LA_1"),
        }

    def test_asvspoof_2021_as_downloaded(self, tmp_path):
        keys = tmp_path / "keys" / "LA" / "CM" / "trial_metadata.txt"
        keys.parent.mkdir(parents=True)
        keys.write_text(
            "LA_0009 LA_E_1 alaw ita_tx A07 spoof notrim eval\n"
            "LA_0010 LA_E_2 alaw ita_tx bonafide bonafide notrim eval\n"
            "LA_0010 LA_E_3 alaw ita_tx A08 spoof notrim hidden\n"
        )
        verification = tmp_path / "keys" / "LA" / "ASV" / "trial_metadata.txt"
        verification.parent.mkdir()
        verification.write_text("LA_0007 LA_E_1 alaw ita_tx bonafide nontarget notrim eval\n")
        for utt in ("LA_E_1", "LA_E_2"):
            self.write(tmp_path / "ASVspoof2021_LA_eval" / "flac" / f"{utt}.flac")
        clips = read_corpus(str(tmp_path)).clips
        assert [(c.utt, c.split, c.key) for c in clips] == [
            ("LA_E_1", "eval", "spoof"),
            ("LA_E_2", "eval", "bonafide"),
        ]

    def test_two_folders_without_names(self, tmp_path):
        for k in range(3):
            self.write(tmp_path / "real" / f"r{k}.wav")
            self.write(tmp_path / "fake" / f"f{k}.wav")
        found = read_corpus(str(tmp_path))
        assert len(found.clips) == 6
        assert "No speakers are named" in found.notes[0]

    def test_a_manifest(self, data):
        found = read_corpus(str(data / "minifake"))
        assert len(found.clips) == 1230
        counts = {s: sum(c.split == s for c in found.clips) for s in ("train", "dev", "eval")}
        assert counts == {"train": 512, "dev": 268, "eval": 450}

    def test_the_table(self, data, tmp_path, capsys):
        found = read_corpus(str(data / "deepvoice"))
        assert (found.table.shape, sum(c.bonafide for c in found.clips)) == ((11778, 26), 5889)
        told = refused(capsys, tmp_path, "deepvoice/ann", data=data / "deepvoice")
        assert "needs three speakers" in told
        assert "protocol=seed" in told

    def test_a_table_that_is_none(self, tmp_path, capsys):
        (tmp_path / "t.csv").write_text("a,b\n1,2\n")
        assert "LABEL" in refused(capsys, tmp_path, "deepvoice/ann", data=tmp_path / "t.csv")


ALONE = """
import sys


class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in sys.argv[3:]:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Missing())
sys.path.insert(0, sys.argv[1])
from detect.cli import main

for words in (["toy/lfcc_svm"], ["toy/ann"], *([["--all", "toy"]] if "sklearn" in sys.argv else [])):
    print(main([*words, "--data", "toy", "--out", sys.argv[2]]))
"""


def without(tmp_path, *packages):
    """What a process says in which these packages cannot be imported."""
    (tmp_path / "alone.py").write_text(ALONE)
    here = [sys.executable, str(tmp_path / "alone.py"), str(EXAMPLES), str(tmp_path), *packages]
    return subprocess.run(here, capture_output=True, text=True, check=True)


@pytest.mark.processes
def test_without_scikit_learn(tmp_path):
    """It is said before anything is read, computed or written."""
    ended = without(tmp_path, "sklearn", "torch")
    assert ended.stdout.split() == ["2", "2", "2"]
    lines = [line for line in ended.stderr.splitlines() if "matplotlib" not in line]
    assert lines == [
        "train.py: error: scikit-learn is not installed: pip install scikit-learn",
        "train.py: error: scikit-learn and torch are not installed: pip install scikit-learn torch",
        "train.py: error: scikit-learn and torch are not installed: pip install scikit-learn torch",
    ]
    assert not list(tmp_path.glob("toy"))


@pytest.mark.processes
def test_without_torch_and_matplotlib(tmp_path):
    """Mixtures and a report without pictures need neither; a network says what to install."""
    ended = without(tmp_path, "torch", "matplotlib")
    assert [line for line in ended.stdout.splitlines() if line in ("0", "2")] == ["0", "2"]
    assert "error: torch is not installed: pip install torch" in ended.stderr
    assert "matplotlib is not installed: the report will have no pictures" in ended.stderr
    page = (tmp_path / "toy/lfcc_svm/toy-clean/report.html").read_text()
    assert "Pictures need matplotlib" in page
