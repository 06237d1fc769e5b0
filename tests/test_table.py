"""The table of DEEP-VOICE: what the published one shows of its making, and that ours is made so."""

import csv
import json
import os
import signal
import subprocess
import sys
import tracemalloc
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile
from signals import signals, speech

import voicefeat as vf
from voicefeat.audio.decoding import blocks
from voicefeat.cli.main import main
from voicefeat.corpus.inputs.speakers import read_speakers
from voicefeat.corpus.table.recipes import RECIPES
from voicefeat.corpus.table.table import GROUPS, make_table

RECIPE = RECIPES["deep-voice"]
COLUMNS = (
    "chroma_stft rms spectral_centroid spectral_bandwidth rolloff zero_crossing_rate "
    + " ".join(f"mfcc{k}" for k in range(1, 21))
).split()
ROOT = Path(__file__).resolve().parents[1]
RATE = 8000


def stereo(path, seconds=2.5, sr=RATE, seed=0, gain=0.5):
    """Speech in the left channel, later speech under noise in the right one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    n = int(seconds * sr)
    rng = np.random.default_rng(seed)
    y = np.roll(speech(sr, max(seconds, 1.0) + 1), -997 * seed)
    left, right = y[:n], gain * y[sr // 2 : n + sr // 2] + 0.01 * rng.standard_normal(n)
    soundfile.write(path, np.stack([left, right], axis=1), sr, subtype="PCM_16")
    return path


@pytest.fixture
def corpus(tmp_path):
    """Three seconds and tails of FAKE, a second and a tail of REAL; other files beside them."""
    root = tmp_path / "in"
    stereo(root / "FAKE" / "linus-to-musk.wav", 2.5, seed=1)
    stereo(root / "FAKE" / "deep" / "musk-to-linus.wav", 1.25, seed=2)
    stereo(root / "REAL" / "linus-original.wav", 1.75, seed=3)
    stereo(root / "REAL" / "musk.flac", 1.0, seed=4)
    (root / "REAL" / "notes.txt").touch()
    return root


def read(file):
    """Columns and rows of a table, as text."""
    with open(file, newline="", encoding="utf-8") as lines:
        columns, *rows = csv.reader(lines)
    return columns, rows


def numbers(rows):
    return np.array([row[: len(COLUMNS)] for row in rows], dtype=float)


# --- what the published table shows --------------------------------------------------------------------


def slack(values):
    """Half a unit of the last decimal shown: six of them, or ten digits where those are fewer."""
    digits = np.floor(np.log10(np.maximum(np.abs(values), 1e-9)))
    return 0.55 * np.maximum(1e-6, 10.0 ** (digits - 9))


def near_whole(values, step):
    """Whether each of `values`, rounded as in a table, is a multiple of `step`."""
    return np.abs(values - np.round(values / step) * step) <= slack(values)


def made_of(table, sr, frames):
    """Which rows can be means over `frames` frames of 2048 samples at `sr`: those of the rolloff are bins,
    those of the zero-crossing rate crossings of 2048 samples."""
    rolloff, crossings = table[:, COLUMNS.index("rolloff")], table[:, COLUMNS.index("zero_crossing_rate")]
    return near_whole(rolloff, sr / 2048 / frames) & near_whole(crossings, 1 / 2048 / frames)


def check_bounds(table, sr):
    """What holds for every frame, and so for means of frames, of a signal that is not silent."""
    column = dict(zip(COLUMNS, table.T, strict=True))
    centroid, bandwidth, rolloff = (column[k] for k in ("spectral_centroid", "spectral_bandwidth", "rolloff"))
    top, eps = sr / 2, 1e-3
    # The loudest of twelve pitch classes is 1.
    assert np.all((column["chroma_stft"] >= 1 / 12) & (column["chroma_stft"] <= 1))
    assert np.all((column["rms"] > 0) & (column["rms"] <= 1))
    assert np.all((column["zero_crossing_rate"] >= 0) & (column["zero_crossing_rate"] < 1))
    assert np.all((rolloff >= 0) & (rolloff <= top))
    # 15 % of the magnitude lie at the rolloff or above, 85 % there or below.
    assert np.all(centroid >= 0.15 * rolloff - eps)
    assert np.all(centroid <= 0.85 * rolloff + 0.15 * top + eps)
    # The deviation of what lies between 0 and the top is largest when all of it lies at the ends.
    assert np.all(bandwidth <= np.sqrt(centroid * (top - centroid)) + eps)
    # Bands are not below -100 dB, and within 80 dB.
    assert np.all(column["mfcc1"] >= -100 * np.sqrt(128) - eps)
    shape = np.cos(np.pi * np.outer(np.arange(1, 20), np.arange(128) + 0.5) / 128)
    assert np.all(np.abs(table[:, 7:]) <= 40 * np.sqrt(2 / 128) * np.abs(shape).sum(axis=1) + eps)


def single_precision(table):
    """The share of numbers that are of single precision, of the columns whose means librosa makes so."""
    columns = [0, 1, *range(6, 26)]
    values = table[:, columns]
    return np.mean(np.abs(values - values.astype(np.float32)) <= 1.2 * slack(values))


def full(sr):
    """Frames of a window: one more than hops in twice the rate of samples."""
    return 1 + 2 * sr // 512


def test_the_published_table(data):
    """Two samples for each one of a second, at three rates; the rest are tails."""
    columns, rows = read(data / "deepvoice" / "DATASET-balanced.csv")
    assert columns == [*COLUMNS, "LABEL"]
    labels, table = np.array([row[-1] for row in rows]), numbers(rows)
    assert Counter(labels) == {"FAKE": 5889, "REAL": 5889}
    fits = {sr: made_of(table, sr, full(sr)) for sr in (44100, 48000, 40000)}
    assert [full(sr) for sr in fits] == [173, 188, 157]
    whole = np.any(list(fits.values()), axis=0)
    assert np.sum(~whole) == 22
    for row in table[~whole]:  # a tail: fewer frames, at one of the rates
        assert any(made_of(row[None], sr, frames)[0] for sr in fits for frames in range(1, full(sr)))
    for sr, fit in fits.items():
        assert fit.sum() > 1000
        check_bounds(table[fit], sr)
    assert not np.any((labels == "REAL") & fits[40000])
    assert single_precision(table) == 1
    # No other rate or number of frames does so well.
    for sr, frames in [(44100, 172), (44100, 174), (44100, 87), (22050, 87), (48000, 187), (40000, 158)]:
        assert made_of(table, sr, frames).sum() < 50


# --- the recipe ------------------------------------------------------------------------------------------


def with_librosa(y, sr):
    """The numbers of a row by librosa's functions and numpy's mean."""
    librosa = pytest.importorskip("librosa")
    f = librosa.feature
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        one = [
            f.chroma_stft(y=y, sr=sr),
            f.rms(y=y),
            f.spectral_centroid(y=y, sr=sr),
            f.spectral_bandwidth(y=y, sr=sr),
            f.spectral_rolloff(y=y, sr=sr),
            f.zero_crossing_rate(y),
        ]
        return np.array([*(np.mean(x) for x in one), *np.mean(f.mfcc(y=y, sr=sr, n_mfcc=20), axis=1)], float)


def windows_of(file):
    """The windows of a recording as (channels, n), cut by soundfile alone."""
    y, sr = soundfile.read(file, dtype="float32", always_2d=True)
    return [y[first : first + sr].T for first in range(0, len(y), sr)], sr


def check_like_librosa(got, want):
    """To single precision; at most a frame or two may have its rolloff in the bin beside."""
    scale = np.array([1, 1, 1e4, 1e4, 1e4, 1, *[500] * 20])
    np.testing.assert_allclose(got / scale, want / scale, rtol=0, atol=3e-6)


@pytest.mark.parametrize("sr", [40000, 44100, 48000, 16000])
def test_windows_of_the_recipe_obey_what_the_published_table_shows(sr, tmp_path):
    stereo(tmp_path / "in" / "REAL" / "a.wav", 2.3, sr, seed=1)
    stereo(tmp_path / "in" / "FAKE" / "b.wav", 2.0, sr, seed=2)
    make_table(tmp_path / "in", tmp_path / "t.csv", groups=True)
    columns, rows = read(tmp_path / "t.csv")
    table, window = numbers(rows), [int(row[columns.index("window")]) for row in rows]
    tail = np.array(window) == 2
    assert tail.tolist() == [False, False, False, False, True]
    assert made_of(table[~tail], sr, full(sr)).all()
    assert made_of(table[tail], sr, 1 + 2 * round(0.3 * sr) // 512).all()
    assert not made_of(table[tail], sr, full(sr)).any()
    check_bounds(table, sr)
    assert single_precision(table) == 1


@pytest.mark.slow
def test_values_are_librosas(corpus, tmp_path):
    """Window by window, both channels one after the other, tails too."""
    make_table(corpus, tmp_path / "t.csv", groups=True)
    columns, rows = read(tmp_path / "t.csv")
    assert columns == [*COLUMNS, "LABEL", *GROUPS]
    seen = Counter()
    for row in rows:
        file, window = row[columns.index("file")], int(row[columns.index("window")])
        windows, sr = windows_of(corpus / file)
        check_like_librosa(numbers([row])[0], with_librosa(np.concatenate(list(windows[window])), sr))
        assert row[columns.index("LABEL")] == file.split("/")[0]
        seen[file] += 1
    want = {"FAKE/deep/musk-to-linus.wav": 2, "FAKE/linus-to-musk.wav": 3}
    assert seen == {**want, "REAL/linus-original.wav": 2, "REAL/musk.flac": 1}


def test_values_of_recordings_are_librosas():
    for file in ("en_us_harbour.flac", "es_naranja.ogg", "it_chiave.wav"):
        windows, sr = windows_of(ROOT / "examples" / "audio" / file)
        for window in windows:
            y = RECIPE.arrange(window.T)
            assert y.size == 2 * window.shape[1]  # a single channel counts as two equal ones
            check_like_librosa(RECIPE.measure(y, sr), with_librosa(y, sr))


def test_mono_is_the_plain_reading(corpus, tmp_path):
    make_table(corpus, tmp_path / "t.csv", mono=True, groups=True)
    columns, rows = read(tmp_path / "t.csv")
    table = numbers(rows)
    whole = [k for k, row in enumerate(rows) if not (row[-3] == "2" or row[-3] == "1")]
    assert made_of(table[whole], RATE, 1 + RATE // 512).all()
    for row in rows:
        windows, sr = windows_of(corpus / row[columns.index("file")])
        y = windows[int(row[columns.index("window")])].mean(axis=0)
        check_like_librosa(numbers([row])[0], with_librosa(y, sr))


@pytest.mark.parametrize("n", [1, 2, 511, 2047, 2 * RATE])
@pytest.mark.parametrize("name", ["silence", "dc", "tone", "impulse"])
def test_short_windows_and_silence_give_finite_numbers(name, n):
    y = signals(RATE)[name][:n]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        row = dict(zip(COLUMNS, RECIPE.measure(y, RATE), strict=True))
    assert all(np.isfinite(value) for value in row.values())
    if not y.any():
        floor = -100 * np.sqrt(128)
        rest = {key: value for key, value in row.items() if key != "mfcc1"}
        assert row["mfcc1"] == pytest.approx(floor, rel=3e-6) and all(abs(v) < 1e-4 for v in rest.values())


def test_silent_recordings_and_short_tails_are_no_cause_for_warnings(corpus, tmp_path):
    soundfile.write(corpus / "REAL" / "silence.wav", np.zeros((RATE + 1, 2)), RATE)
    done = make_table(corpus, tmp_path / "t.csv")
    assert (done.failed, done.warned) == (0, 0)
    assert np.isfinite(numbers(read(tmp_path / "t.csv")[1])).all()


# --- the file ----------------------------------------------------------------------------------------------


def test_the_form_is_that_of_the_published_table(corpus, tmp_path):
    done = make_table(corpus, tmp_path / "t.csv")
    text = (tmp_path / "t.csv").read_bytes()
    lines = text.split(b"\r\n")
    assert lines[0].decode().split(",") == [*COLUMNS, "LABEL"]
    assert lines[-1] == b"" and b"\n" not in text.replace(b"\r\n", b"")
    for line in lines[1:-1]:
        *values, label = line.decode().split(",")
        assert label in ("FAKE", "REAL") and all(len(v.split(".")[1]) == 6 for v in values)
        assert "-0.000000" not in values
    assert done.rows == done.windows == {"FAKE": 5, "REAL": 3} and done.file == tmp_path / "t.csv"
    assert (done.recordings, done.failed, done.ledger) == (4, 0, None)
    assert done.ignored == {".txt": 1} and done.audio_seconds == pytest.approx(6.5)
    assert sorted(os.listdir(tmp_path)) == ["in", "t.csv"]


def test_the_table_does_not_depend_on_threads(corpus, tmp_path):
    for workers in (1, 2, 3):
        make_table(corpus, tmp_path / f"{workers}.csv", groups=True, balance=1, workers=workers)
    first = (tmp_path / "1.csv").read_bytes()
    assert first == (tmp_path / "2.csv").read_bytes() == (tmp_path / "3.csv").read_bytes()


def test_csv_and_parquet_hold_the_same_numbers(corpus, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    for name in ("t.csv", "t.parquet"):
        make_table(corpus, tmp_path / name, groups=True, balance=3)
    columns, rows = read(tmp_path / "t.csv")
    table = parquet.read_table(tmp_path / "t.parquet")
    assert table.column_names == columns and table.num_rows == len(rows) == 6
    for k, name in enumerate(columns):
        kind = float if k < len(COLUMNS) else int if name == "window" else str
        assert table.column(name).to_pylist() == [kind(row[k]) for row in rows]
    about = json.loads(table.schema.metadata[b"voicefeat"])
    assert (about["recipe"], about["window_seconds"], about["balance"]) == ("deep-voice", 1.0, 3)
    assert about["settings"]["mfcc"]["n_mfcc"] == 20 and about["settings"]["chroma_stft"]["tuning"] is None
    assert about["versions"]["voicefeat"] == vf.__version__


def test_pandas_reads_both_alike(corpus, tmp_path):
    pandas = pytest.importorskip("pandas")
    for name in ("t.csv", "t.parquet"):
        make_table(corpus, tmp_path / name)
    pandas.testing.assert_frame_equal(
        pandas.read_csv(tmp_path / "t.csv"), pandas.read_parquet(tmp_path / "t.parquet"), check_dtype=False
    )


# --- balance and groups ------------------------------------------------------------------------------------


def test_balance_draws_as_many_of_each_class(corpus, tmp_path):
    make_table(corpus, tmp_path / "all.csv", groups=True)
    every = read(tmp_path / "all.csv")[1]
    drawn = {}
    for seed in range(6):
        done = make_table(corpus, tmp_path / f"{seed}.csv", groups=True, balance=seed)
        rows = read(tmp_path / f"{seed}.csv")[1]
        assert Counter(row[26] for row in rows) == done.rows == {"FAKE": 3, "REAL": 3}
        assert done.windows == {"FAKE": 5, "REAL": 3}
        places = [every.index(row) for row in rows]  # the same rows, none twice, in the same order
        assert places == sorted(set(places))
        drawn[seed] = places
    assert len({tuple(places) for places in drawn.values()}) > 1
    make_table(corpus, tmp_path / "again.csv", groups=True, balance=2)
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()


def test_three_classes(corpus, tmp_path):
    stereo(corpus / "HALF" / "x.wav", 1.0)
    done = make_table(corpus, tmp_path / "t.csv", balance=0)
    assert done.rows == {"FAKE": 1, "HALF": 1, "REAL": 1}


def test_groups_tell_where_a_row_comes_from(corpus, tmp_path):
    make_table(corpus, tmp_path / "t.csv", groups=True)
    columns, rows = read(tmp_path / "t.csv")
    assert [row[len(columns) - 4 :] for row in rows] == [
        ["FAKE/deep/musk-to-linus.wav", "0", "musk", "linus"],
        ["FAKE/deep/musk-to-linus.wav", "1", "musk", "linus"],
        ["FAKE/linus-to-musk.wav", "0", "linus", "musk"],
        ["FAKE/linus-to-musk.wav", "1", "linus", "musk"],
        ["FAKE/linus-to-musk.wav", "2", "linus", "musk"],
        ["REAL/linus-original.wav", "0", "linus", "linus"],
        ["REAL/linus-original.wav", "1", "linus", "linus"],
        ["REAL/musk.flac", "0", "musk", "musk"],
    ]


@pytest.mark.parametrize(
    "name, speakers",
    [
        ("FAKE/linus-to-musk.wav", ("linus", "musk")),
        ("FAKE/a/b/Obama-to-Taylor Swift.mp3", ("Obama", "Taylor Swift")),
        ("linus_to_musk.flac", ("linus", "musk")),
        ("linus-to-musk-DEMO.mp3", ("linus", "musk")),
        ("FAKE/ryan-gosling-to-margot-robbie.v2.wav", ("ryan-gosling", "margot-robbie.v2")),
        ("REAL/musk-original.wav", ("musk", "musk")),
        ("REAL/tom.wav", ("", "")),
        ("REAL/tomato-sauce.wav", ("", "")),
        ("REAL/-to-.wav", ("", "")),
        ("REAL/original.wav", ("", "")),
    ],
)
def test_speakers_are_read_from_names(name, speakers):
    assert read_speakers([name, "REAL/other.wav"]) == {name: speakers, "REAL/other.wav": ("", "")}


def test_a_speaker_that_another_name_mentions():
    found = read_speakers(["FAKE/linus-to-musk.wav", "REAL/musk.wav", "REAL/obama.wav"])
    assert found["REAL/musk.wav"] == ("musk", "musk") and found["REAL/obama.wav"] == ("", "")


# --- when something is wrong -----------------------------------------------------------------------------


def truncate(path, keep):
    path.write_bytes(path.read_bytes()[:keep])


def test_bad_files_become_lines_of_the_ledger(corpus, tmp_path):
    """One that is not audio, one that ends after two good windows, one with a NaN, one of three channels."""
    before = make_table(corpus, tmp_path / "good.csv")
    (corpus / "FAKE" / "aaa.wav").write_text("no audio")
    long = stereo(corpus / "FAKE" / "ends-to-early.wav", 4.0)
    truncate(long, 44 + 2 * 4 * RATE + 1000)
    y = np.zeros((3 * RATE, 2), np.float32)
    y[2 * RATE + 7, 1] = np.nan
    soundfile.write(corpus / "REAL" / "nan.wav", y, RATE, subtype="FLOAT")
    soundfile.write(corpus / "REAL" / "three.wav", np.ones((RATE, 3)) / 9, RATE)
    done = make_table(corpus, tmp_path / "t.csv", workers=2)
    assert (done.recordings, done.failed) == (before.recordings, 4)
    assert (tmp_path / "t.csv").read_bytes() == (tmp_path / "good.csv").read_bytes()
    assert done.ledger == tmp_path / "t.csv.failures.csv"
    with open(done.ledger, newline="", encoding="utf-8") as lines:
        failures = {row["id"]: row for row in csv.DictReader(lines)}
    assert sorted(failures) == ["FAKE/aaa.wav", "FAKE/ends-to-early.wav", "REAL/nan.wav", "REAL/three.wav"]
    assert "cannot be decoded" in failures["FAKE/aaa.wav"]["error"]
    assert "ends early" in failures["FAKE/ends-to-early.wav"]["error"]
    assert f"sample {2 * RATE + 7} of channel 1 is nan" in failures["REAL/nan.wav"]["error"]
    assert failures["REAL/three.wav"]["stage"] == "feature"
    assert "3 channels" in failures["REAL/three.wav"]["error"]
    assert "--mono" in failures["REAL/three.wav"]["remedy"]
    assert make_table(corpus, tmp_path / "mono.csv", mono=True).failed == 3


def test_blocks_are_the_recording(data):
    """Every recording that can be read, and the same refusal of every other."""
    folder = data / "formats"
    with open(folder / "manifest.csv", newline="", encoding="utf-8") as lines:
        files = [row["path"] for row in csv.DictReader(lines)]
    same = 0
    for file in files:
        try:
            y, _ = vf.load(folder / file, sr=None, mono=False)
        except vf.AudioError:
            with pytest.raises(vf.AudioError):
                list(blocks(folder / file, 0.1, np.dtype(np.float32)))
            continue
        parts = [block for block, _ in blocks(folder / file, 0.1, np.dtype(np.float32))]
        np.testing.assert_array_equal(np.concatenate(parts).T, np.atleast_2d(y))
        same += 1
    assert same > 50


def test_a_class_whose_recordings_all_fail(corpus, tmp_path):
    for file in corpus.glob("REAL/*.*a*"):
        file.write_bytes(b"")
    done = make_table(corpus, tmp_path / "t.csv")
    assert done.rows == {"FAKE": 5} and done.failed == 2
    with pytest.raises(vf.ParameterError, match=r"^balance=0: no recording of class 'REAL' could be used; "):
        make_table(corpus, tmp_path / "b.csv", balance=0)
    assert sorted(os.listdir(tmp_path)) == ["b.csv.failures.csv", "in", "t.csv", "t.csv.failures.csv"]


def test_nothing_can_be_used(corpus, tmp_path, capsys):
    for file in corpus.rglob("*.*a*"):
        file.write_bytes(b"")
    assert main(["table", str(corpus), "--out", str(tmp_path / "t.csv"), "--balance", "1"]) == 2
    assert "no table was written" in capsys.readouterr().out
    assert sorted(os.listdir(tmp_path)) == ["in", "t.csv.failures.csv"]


def refused(match, *arguments, **named):
    with pytest.raises(vf.ParameterError, match=match):
        make_table(*arguments, **named)


def test_folders_that_hold_no_two_classes(tmp_path):
    out = tmp_path / "t.csv"
    refused(r"folder=.*no such folder; ", tmp_path / "nowhere", out)
    (tmp_path / "in").mkdir()
    refused(r"folder=.*holds no recordings; ", tmp_path / "in", out)
    stereo(tmp_path / "in" / "AUDIO" / "REAL" / "a.wav", 0.1)
    refused(r"folder=.*one class only, 'AUDIO'; give the folder that holds two", tmp_path / "in", out)
    stereo(tmp_path / "in" / "AUDIO" / "FAKE" / "a.wav", 0.1)
    refused(rf"is it '{tmp_path / 'in' / 'AUDIO'}'\?", tmp_path / "in", out)
    (tmp_path / "elsewhere").symlink_to(tmp_path / "in" / "AUDIO" / "REAL")
    (tmp_path / "in" / "FAKE").symlink_to(tmp_path / "in" / "AUDIO" / "FAKE")
    refused(r"links, which are not followed \(.*FAKE\)", tmp_path / "in", out)
    stereo(tmp_path / "in" / "AUDIO" / "loose.wav", 0.1)
    refused(r"folder=.*'loose.wav' lies in no class folder; ", tmp_path / "in" / "AUDIO", out)
    refused(r"folder=.*is a file; ", tmp_path / "in" / "AUDIO" / "loose.wav", out)
    assert sorted(os.listdir(tmp_path)) == ["elsewhere", "in"]


def test_arguments_that_cannot_be_used(corpus, tmp_path):
    out = tmp_path / "t.csv"
    refused("recipe='deepvoice': .*did you mean 'deep-voice'", corpus, out, "deepvoice")
    refused("balance=-1: ", corpus, out, balance=-1)
    refused("balance=True: ", corpus, out, balance=True)
    refused("workers=0: ", corpus, out, workers=0)
    refused(r"out='.*t\.txt': .*\.csv or \.parquet", corpus, tmp_path / "t.txt")
    out.write_text("mine")
    refused(r"out='.*t\.csv': exists already; ", corpus, out)
    assert out.read_text() == "mine"
    (tmp_path / "d.csv").mkdir()
    refused(r"out='.*d\.csv': exists already; ", corpus, tmp_path / "d.csv")


def test_a_place_that_cannot_be_written_to_is_known_before_work(corpus, tmp_path, capsys, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr("voicefeat.corpus.table.table.Measure", None)
    assert main(["table", str(corpus), "--out", str(tmp_path / "file" / "t.csv")]) == 2
    assert "stopped:" in capsys.readouterr().err


def test_a_former_ledger_goes(corpus, tmp_path):
    (tmp_path / "t.csv.failures.csv").write_text("of a run that was killed")
    assert make_table(corpus, tmp_path / "t.csv").ledger is None
    assert not (tmp_path / "t.csv.failures.csv").exists()


@pytest.mark.processes
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal here")
@pytest.mark.parametrize("how, status", [("SIGKILL", -9), ("SIGINT", 130)])
def test_a_stopped_run_leaves_no_table(how, status, corpus, tmp_path):
    code = f"""
import signal, sys, time
from voicefeat.cli.main import main
from voicefeat.corpus.table.recipes import Recipe
signal.signal(signal.SIGINT, signal.default_int_handler)  # which is ignored where tests run in the background
def endless(self, y, sr):
    print("measuring", flush=True)
    while True:  # until the signal comes
        time.sleep(0.01)
Recipe.measure = endless
sys.exit(main(["table", {str(corpus)!r}, "--out", {str(tmp_path / "t.csv")!r}, "--workers", "1"]))
"""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as run:
        assert run.stdout.readline() == "measuring\n"
        run.send_signal(getattr(signal, how))
        message = run.communicate()[1]
    assert run.returncode == status, message
    assert not (tmp_path / "t.csv").exists()
    if how == "SIGINT":
        assert "stopped by you; no unfinished table is left" in message
        assert sorted(os.listdir(tmp_path)) == ["in"]
    assert make_table(corpus, tmp_path / "t.csv").rows == {"FAKE": 5, "REAL": 3}
    assert sorted(os.listdir(tmp_path)) == ["in", "t.csv"]


@pytest.mark.slow
def test_memory_does_not_grow_with_the_recording(corpus, tmp_path):
    y = np.tile(speech(RATE, 4.0), 150)  # ten minutes, 19 MB
    soundfile.write(corpus / "REAL" / "long.wav", y, RATE)
    make_table(corpus, tmp_path / "warm.csv", workers=1)
    tracemalloc.start()
    try:
        make_table(corpus, tmp_path / "t.csv", workers=1)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20


# --- the command -----------------------------------------------------------------------------------------


def test_the_command(corpus, tmp_path, capsys):
    out = tmp_path / "new" / "folder" / "t.csv"
    options = ["--recipe", "deep-voice", "--balance", "7", "--groups", "--mono", "--workers", "2"]
    assert main(["table", str(corpus), "--out", str(out), *options]) == 0
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith("4 recordings, 6.5 s of audio in ")
    assert second == f"{out}: 6 rows (3 FAKE, 3 REAL), drawn from 8 windows (5 FAKE, 3 REAL)"
    assert third == "left out, not audio by name: 1 .txt"
    make_table(corpus, tmp_path / "same.csv", balance=7, groups=True, mono=True)
    assert out.read_bytes() == (tmp_path / "same.csv").read_bytes()
    assert main(["table", str(corpus), "--out", str(out)]) == 2
    assert "exists already" in capsys.readouterr().err


def test_the_command_goes_on_over_a_bad_file(corpus, tmp_path, capsys):
    (corpus / "FAKE" / "kaputt.wav").write_bytes(b"RIFF")
    assert main(["table", str(corpus), "--out", str(tmp_path / "t.csv")]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[1] == f"{tmp_path / 't.csv'}: 8 rows (5 FAKE, 3 REAL)"
    assert told[2] == f"1 recording failed, each with its reason in {tmp_path / 't.csv.failures.csv'}"


@pytest.mark.processes
def test_a_csv_table_loads_neither_pandas_nor_pyarrow(corpus, tmp_path):
    code = f"""
import sys
from voicefeat.cli.main import main
assert main(["table", {str(corpus)!r}, "--out", {str(tmp_path / "t.csv")!r}]) == 0
assert not {{"pandas", "pyarrow", "librosa", "scipy.signal"}} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
