"""Any callable in place of a front end: what it declares, what is stored, what stops a run."""

import csv
import itertools
import json
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile
from corpora import contents, noises, stopped_at_rename

import voicefeat as vf
from voicefeat.cli.main import main
from voicefeat.corpus import convert_dataset, verify
from voicefeat.corpus.run.extract import extract_corpus

pytest.importorskip("pyarrow", reason='needs pip install ".[corpus]"')

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "audio"


class Halves:
    """The mean of each half of every block of a hundred samples; at module level, so that it can be sent."""

    name = "halves"
    rows = ("first", "second")
    version = "1"

    def __init__(self, **changes):
        vars(self).update(changes)

    def __call__(self, y, sr):
        return y[: y.size // 100 * 100].reshape(-1, 2, 50).mean(axis=2).T


class Returning(Halves):
    """What it is told to return for a signal that is not the noise of the trial."""

    name, rows = "returning", 2

    def __init__(self, returned, trial=True):
        self.returned, self.trial = returned, trial

    def __call__(self, y, sr):
        if self.trial and y.size == 48000:
            return np.zeros((2, 3), np.float32)
        return self.returned(y) if callable(self.returned) else self.returned


def due(path, sr=None):
    y, _ = vf.load(path, sr=sr)
    return Halves()(y, sr)


@pytest.fixture
def corpus(tmp_path):
    """Twenty noises of about half a second; two of them are not audio."""
    return noises(tmp_path / "in", 20, 10, 8000, 10)


def ledger(folder):
    return list(csv.DictReader((folder / "_failures.csv").open(encoding="utf-8")))


# --- what is stored -----------------------------------------------------------------------------------


def test_what_the_callable_returns_is_stored_with_what_it_declares(tmp_path):
    done = extract_corpus(EXAMPLES, tmp_path / "out", frontend=Halves())
    dataset = vf.open_dataset(tmp_path / "out", frontend=Halves())
    assert done.recordings == len(dataset) == 8 and done.failed == 0
    for entry in dataset:
        np.testing.assert_array_equal(entry.values, due(EXAMPLES / entry.id))
        assert entry.values.dtype == np.float32
    assert (dataset.feature, dataset.row_names) == ("halves", ["first", "second"])
    assert dataset.about["settings"] == {"version": "1", "sample_rate": None}
    assert dataset.front_end is None and len(dataset.digest) == 16


def test_rows_that_are_a_number_are_named_after_the_callable(tmp_path):
    extract_corpus(EXAMPLES, tmp_path / "out", frontend=Halves(rows=2))
    assert vf.open_dataset(tmp_path / "out").row_names == ["halves_0", "halves_1"]


def test_beside_front_ends_with_the_bytes_of_runs_alone(tmp_path):
    both = ["asvspoof2019-lfcc", Halves(sample_rate=16000)]
    extract_corpus(EXAMPLES, tmp_path / "both", frontend=both, sr=16000)
    for name, alone in zip(("asvspoof2019-lfcc", "halves"), both, strict=True):
        extract_corpus(EXAMPLES, tmp_path / name, frontend=alone, sr=16000)
        shard = "part-00000.parquet"
        assert (tmp_path / "both" / name / shard).read_bytes() == (tmp_path / name / shard).read_bytes()


def test_a_callable_may_change_its_samples_and_use_its_memory_again(tmp_path):
    class Careless(Halves):
        memory = np.zeros((2, 4000), np.float32)

        def __call__(self, y, sr):
            made = self.memory[:, : y.size // 100]
            made[:] = Halves()(y, sr)
            y[:] = 0.0
            return made

    extract_corpus(EXAMPLES, tmp_path / "out", frontend=[Careless(), "aasist-waveform"], sr=16000, workers=1)
    for entry in vf.open_dataset(tmp_path / "out" / "halves"):
        np.testing.assert_array_equal(entry.values, due(EXAMPLES / entry.id, 16000))
    assert all(entry.values.any() for entry in vf.open_dataset(tmp_path / "out" / "aasist-waveform"))


def test_double_precision_statistics_and_other_formats(tmp_path):
    extract_corpus(EXAMPLES, tmp_path / "out", frontend=Halves(), dtype="float64", summary=["mean"])
    [entry] = vf.open_dataset(tmp_path / "out", frontend=Halves())["de_fenster.flac"]
    y, sr = vf.load(EXAMPLES / "de_fenster.flac", sr=None)
    np.testing.assert_allclose(entry.values[:, 0], Halves()(y.astype(float), sr).mean(axis=1), rtol=1e-12)
    convert_dataset(tmp_path / "out", tmp_path / "npy", "npy")
    converted = vf.open_dataset(tmp_path / "npy", frontend=Halves())
    assert converted.row_names == ["first_mean", "second_mean"]
    assert verify(converted, EXAMPLES, frontend=Halves()).equal == 8


@pytest.mark.parametrize(
    "frontend", [Halves(name="mfcc"), vf.frontend("asvspoof2019-lfcc").replace(row="mfcc")]
)
def test_what_is_named_like_a_feature_is_drawn_as_it_is(tmp_path, frontend):
    pytest.importorskip("matplotlib")
    extract_corpus(EXAMPLES, tmp_path / "out", frontend=frontend, sr=16000)
    assert main(["show", str(tmp_path / "out"), "--plot", str(tmp_path / "row.png")]) == 0
    assert (tmp_path / "row.png").stat().st_size > 1000


@pytest.mark.processes
def test_processes_make_the_same_bytes(corpus, tmp_path):
    with ProcessPoolExecutor(2) as pool:
        extract_corpus(corpus, tmp_path / "two", frontend=Halves(), executor=pool, workers=2)
    extract_corpus(corpus, tmp_path / "one", frontend=Halves(), workers=1)
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


# --- runs that go on, and what is verified ------------------------------------------------------------


@pytest.mark.parametrize("stop", range(4))
def test_a_run_that_was_stopped_goes_on(corpus, tmp_path, monkeypatch, stop):
    asked = {"frontend": Halves(), "shard_mb": 0.001}
    with stopped_at_rename(monkeypatch, tmp_path / "out", stop):
        extract_corpus(corpus, tmp_path / "out", **asked)
    extract_corpus(corpus, tmp_path / "out", **asked)
    extract_corpus(corpus, tmp_path / "once", **asked)
    assert contents(tmp_path / "out") == contents(tmp_path / "once")
    assert len(list((tmp_path / "out").glob("*.parquet"))) > 3
    assert [line["id"] for line in ledger(tmp_path / "out")] == ["007.wav", "017.wav"]


def test_update_and_retry(corpus, tmp_path):
    files = sorted(corpus.iterdir())
    extract_corpus(files[:12], tmp_path / "out", frontend=Halves())
    done = extract_corpus(corpus, tmp_path / "out", frontend=Halves(), update=True)
    assert (done.added, done.recordings, done.failed) == (8, 18, 2)
    soundfile.write(files[7], np.sin(np.arange(8000)), 16000)
    done = extract_corpus(corpus, tmp_path / "out", frontend=Halves(), retry=True)
    assert (done.mended, done.recordings, done.failed) == (1, 19, 1)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (Halves(version="2"), "version: '1' in the dataset, '2' now"),
        (Halves(rows=2), r"rows\[0\]: 'first' in the dataset, 'halves_0' now"),
        (Halves(name="thirds"), "feature: 'halves' in the dataset, 'thirds' now"),
        (Halves(sample_rate=16000), "sample_rate: None in the dataset, 16000 now"),
        ("asvspoof2019-lfcc", "feature: 'halves' in the dataset, 'asvspoof2019-lfcc' now"),
    ],
)
def test_a_dataset_of_another_callable_is_not_continued(tmp_path, other, words):
    extract_corpus(EXAMPLES, tmp_path / "out", frontend=Halves(), sr=16000)
    before = contents(tmp_path / "out")
    with pytest.raises(vf.ParameterError, match=f"made in another way .*{words}"):
        extract_corpus(EXAMPLES, tmp_path / "out", frontend=other, sr=16000)
    with pytest.raises(vf.ParameterError, match="has other settings than those given"):
        vf.open_dataset(tmp_path / "out", frontend=other)
    assert contents(tmp_path / "out") == before


def test_verify_needs_the_callable_and_finds_what_differs(tmp_path):
    extract_corpus(EXAMPLES, tmp_path / "out", frontend=Halves())
    dataset = vf.open_dataset(tmp_path / "out")
    assert verify(dataset, EXAMPLES, frontend=Halves()).equal == 8

    class Otherwise(Halves):  # of the same name and version, with other values
        def __call__(self, y, sr):
            return super().__call__(y, sr) + 0.5

    assert len(verify(dataset, EXAMPLES, frontend=Otherwise()).unequal) == 8
    with pytest.raises(vf.ParameterError, match="a callable has made the dataset, 'halves' of version '1'"):
        verify(dataset, EXAMPLES)
    with pytest.raises(
        vf.ParameterError, match=r"not what made the dataset .version: '1' in the dataset, '2'"
    ):
        verify(dataset, EXAMPLES, frontend=Halves(version="2"))
    extract_corpus(EXAMPLES, tmp_path / "mfcc")
    with pytest.raises(vf.ParameterError, match="'mfcc', which no callable has made"):
        verify(vf.open_dataset(tmp_path / "mfcc"), EXAMPLES, frontend=Halves())


def test_nothing_that_a_dataset_says_is_imported(tmp_path, monkeypatch):
    """Whatever stands in its metadata: a trap that is imported would leave a file."""
    (tmp_path / "trap.py").write_text("open('sprung', 'w').close()\n")
    extract_corpus(EXAMPLES, tmp_path / "out", frontend=Halves(), format="npy")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for file in (tmp_path / "out" / "_state.json", tmp_path / "out" / "part-00000" / "about.json"):
        about = json.loads(file.read_text())
        for one in (about, *about.get("asked", {}).get("features", [])):
            if "callable" in one:
                one["callable"], one["module"] = "trap:anything", "trap"
        file.write_text(json.dumps(about))
    (tmp_path / "out" / "_state.json").unlink()
    dataset = vf.open_dataset("out")
    assert dataset.about["callable"] == "trap:anything"
    assert main(["show", "out"]) == 0
    assert main(["verify", "out", str(EXAMPLES)]) == 2
    assert "trap" not in sys.modules and not (tmp_path / "sprung").exists()


# --- what is refused before work ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Halves, "is a class; give an instance of it"),
        (lambda y, sr: y, "has no name and no rows and no version; a callable declares"),
        (vf.mfcc, "has no name and no rows and no version"),
        (Halves(name=""), "frontend.name='': must be a text"),
        (Halves(version=1), "frontend.version=1: must be a text"),
        (Halves(rows=0), "halves.rows=0: must be a positive whole number"),
        (Halves(rows=["a", "a"]), "must be a number, or different names"),
        (Halves(rows=np.array(2.5)), "must be a positive whole number of rows"),
        (Halves(rows={"a", "b"}), "halves.rows=.*has no order; give the names in a list"),
        (Halves(rows=10**9), "halves.rows=1000000000: is more than 1,000,000; declare a number up to"),
        (Halves(rows=map(str, itertools.count())), "halves.rows=.*has more than 1,000,000 names"),
        (Halves(rows="ab"), "halves.rows='ab': must be a positive"),
        (Halves(rows=3), "returned 2 rows, and declares 3; return the same number for every recording"),
        (Halves(sample_rate=0), "halves.sample_rate=0: must be a positive"),
        (Returning([[0.0], [0.0]], trial=False), "returned a list; return a numpy array of shape"),
        (Returning(np.zeros(2, np.float32), trial=False), r"returned shape \(2,\); return \(rows, frames\)"),
        (Returning(np.zeros((2, 3), np.int16), trial=False), "returned values of type int16; return float32"),
        (Returning(np.zeros((2, 3), complex), trial=False), "returned values of type complex128"),
        (Returning(np.full((2, 3), np.nan), trial=False), r"noise at 16000 Hz .*not finite \(nan\)"),
        (Returning(lambda y: 1 / 0, trial=False), "noise at 16000 Hz .ZeroDivisionError: division by zero.*"),
    ],
)
def test_a_callable_that_cannot_be_used_is_refused_first(tmp_path, given, words):
    with pytest.raises(vf.ParameterError, match=words):
        extract_corpus(EXAMPLES, tmp_path / "out", frontend=given)
    assert not (tmp_path / "out").exists()


def test_options_that_a_callable_does_not_have(tmp_path):
    for more, words in (
        ({"settings": {"n": 3}}, "a front end has its own"),
        ({"feature": "mfcc"}, "exclude each other"),
        ({"summary": ["mean"], "windows": 1.0}, "a callable, whose hop is not known; leave it out"),
        ({"sr": 8000}, "halves is defined at 16000 Hz; resample: give sr=16000"),
    ):
        with pytest.raises(vf.ParameterError, match=words):
            extract_corpus(EXAMPLES, tmp_path / "out", frontend=Halves(sample_rate=16000), **more)
    with pytest.raises(vf.ParameterError, match="two have the same name"):
        extract_corpus(EXAMPLES, tmp_path / "out", frontend=[Halves(), Halves(version="2")])


@pytest.mark.processes
def test_a_callable_that_cannot_be_sent_is_refused_first(corpus, tmp_path):
    given = Halves(extra=lambda: None)
    with ProcessPoolExecutor(1) as pool, pytest.raises(vf.ParameterError, match="cannot be sent to other"):
        extract_corpus(corpus, tmp_path / "out", frontend=given, executor=pool, workers=1)
    assert not (tmp_path / "out").exists()


# --- while a run goes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (lambda y: np.zeros((3, 2), np.float32), "returned 3 rows, and declares 2"),
        (lambda y: np.zeros((2, 2), int), "returned values of type int64"),
        (lambda y: np.zeros((1, 2, 2)), r"returned shape \(1, 2, 2\)"),
        (lambda y: None, "returned a NoneType"),
        (lambda y: np.ma.masked_equal(np.zeros((2, 2)), 0), "returned a numpy.ma.*MaskedArray"),
    ],
)
def test_a_callable_that_changes_stops_the_run(corpus, tmp_path, returned, words):
    """What was stored before stays, and the clip is named; a callable that was mended goes on from there."""

    def later(y):
        return np.zeros((2, y.size // 100), np.float32) if y.size < 8150 else returned(y)

    asked = {"shard_mb": 0.001, "workers": 1}
    with pytest.raises(vf.ParameterError, match=f"015.wav: frontend='returning': {words}"):
        extract_corpus(corpus, tmp_path / "out", frontend=Returning(later), **asked)
    with pytest.warns(UserWarning, match="is not complete"):
        assert 0 < len(vf.open_dataset(tmp_path / "out")) < 15
    mended = Returning(lambda y: np.zeros((2, y.size // 100), np.float32))
    done = extract_corpus(corpus, tmp_path / "out", frontend=mended, **asked)
    assert done.recordings == 18 and done.resumed > 0


@pytest.mark.parametrize(
    ("returned", "error", "remedy"),
    [
        (np.full((2, 1), np.inf), "returning: row 0 of frame 0 is not finite (inf)", "mend the callable"),
        (np.full((2, 1), -1e300), "row 0 of frame 0 is too large for float32 (-1e+300)", "mend the callable"),
        (np.zeros((2, 0)), "returned no frame for 8050 samples".replace("8050", "8,050"), "leave out"),
        (lambda y: 1 / 0, "ZeroDivisionError: division by zero", ""),
        (lambda y: vf.mfcc(y, n_mfcc=0), "n_mfcc=0: must be a positive", "give an int of 1 or more"),
    ],
)
def test_a_recording_that_it_cannot_use_goes_to_the_ledger(corpus, tmp_path, returned, error, remedy):
    def sometimes(y):
        made = np.ones((2, 1)) if y.size != 8050 else returned
        return made(y) if callable(made) else made

    done = extract_corpus(corpus, tmp_path / "out", frontend=Returning(sometimes))
    assert (done.recordings, done.failed) == (17, 3)
    line = ledger(tmp_path / "out")[0]
    assert (line["id"], line["stage"]) == ("005.wav", "feature")
    assert error in line["error"] and remedy in line["remedy"]


def test_a_recording_at_another_rate_goes_to_the_ledger(tmp_path):
    soundfile.write(tmp_path / "slow.wav", np.sin(np.arange(8000) / 5), 8000)
    done = extract_corpus(tmp_path / "slow.wav", tmp_path / "out", frontend=Halves(sample_rate=16000))
    assert (done.recordings, done.failed) == (0, 1)
    [line] = ledger(tmp_path / "out")
    assert (line["error"], line["remedy"]) == (
        "sr=8000: halves is defined at 16000 Hz",
        "resample: give sr=16000",
    )


# --- the command line ---------------------------------------------------------------------------------

MODULE = '''
"""A front end for the tests of the command."""
import numpy as np

class Level:
    name, rows, version, sample_rate = "level", ("rms", "peak"), "1", 16000

    def __call__(self, y, sr):
        return np.array([[np.sqrt(np.mean(y**2))], [np.abs(y).max()]])

level = Level()
other = Level()
other.version = "2"
'''


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A module in the working folder, which is not installed."""
    (tmp_path / "made_up_levels.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path[:])
    yield "made_up_levels"
    sys.modules.pop("made_up_levels", None)


def test_the_command(module, capsys):
    asked = ["extract", str(EXAMPLES), "--callable", f"{module}:level", "--sr", "16000", "--out", "out"]
    assert main(asked) == 0
    assert main(["show", "out"]) == 0
    shown = capsys.readouterr().out
    assert "the callable level, 2 float32 a frame (rms, peak)" in shown
    assert "version=1, sample_rate=16000" in shown
    assert main(["verify", "out", str(EXAMPLES), "--callable", f"{module}:level"]) == 0
    assert "8 equal bit for bit" in capsys.readouterr().out
    assert main(["verify", "out", str(EXAMPLES)]) == 2
    assert "give it (frontend=, or --callable MODULE:NAME)" in capsys.readouterr().err
    asked[3] = f"{module}:other"
    assert main(asked) == 2
    assert "version: '1' in the dataset, '2' now" in capsys.readouterr().err
    assert main([*asked[:-1], "both", "--frontend", "asvspoof2019-lfcc"]) == 0
    assert len(vf.open_dataset("both/level")) == len(vf.open_dataset("both/asvspoof2019-lfcc")) == 8


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("level", "is not of the form MODULE:NAME; write it as"),
        ("made_up_levels:", "is not of the form MODULE:NAME"),
        ("../made_up_levels:level", "is not of the form MODULE:NAME"),
        (
            "nowhere_at_all:level",
            "cannot be imported (ModuleNotFoundError: No module named 'nowhere_at_all')",
        ),
        ("broken_levels:level", "cannot be imported (SyntaxError: "),
        ("made_up_levels:levels", "has no levels; did you mean 'level'?"),
        ("made_up_levels:np", "has no name and no rows and no version"),
    ],
)
def test_a_callable_that_the_command_cannot_find(module, capsys, text, words):
    Path("broken_levels.py").write_text("def :\n")
    if "np" in text:
        words = "neither a name nor a FrontEnd"
    assert main(["extract", str(EXAMPLES), "--callable", text, "--out", "out"]) == 2
    assert words in capsys.readouterr().err
    assert not Path("out").exists()


@pytest.mark.processes
def test_the_core_imports_no_torch(module):
    asked = ["extract", str(EXAMPLES), "--callable", f"{module}:level", "--sr", "16000", "--out", "o"]
    code = f"""
    import sys
    from voicefeat.cli.main import main
    assert main({asked}) == 0
    assert not {{"torch", "onnxruntime", "transformers", "sklearn"}} & sys.modules.keys()
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True, env={**os.environ})
