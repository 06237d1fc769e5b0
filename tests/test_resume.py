"""A run that is killed and started again, settings that differ, long recordings, channels, statistics."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
import soundfile
from corpora import DYING, contents, fill_disk, noises

import voicefeat as vf
from voicefeat.corpus.output.lock import held
from voicefeat.corpus.output.state import State
from voicefeat.corpus.report.run import lasting, summary
from voicefeat.corpus.run.extract import extract_corpus
from voicefeat.corpus.run.run import Run

parquet = pytest.importorskip("pyarrow.parquet", reason='needs pip install ".[corpus]"')

#: What a run is called for: small shards, so that there are many places to be killed at.
ASKED = {"feature": "mfcc", "settings": {"n_mfcc": 5}, "shard_mb": 0.01}
PROGRAM = """
import sys
from voicefeat.corpus.run.extract import extract_corpus
extract_corpus(sys.argv[1], sys.argv[2], "mfcc", settings={"n_mfcc": 5}, shard_mb=0.01, workers=2)
"""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Three hundred noises, every thirtieth of them no audio."""
    return noises(tmp_path_factory.mktemp("corpus") / "in", 300, 30, 4000, 50)


@pytest.fixture(scope="module")
def whole(corpus, tmp_path_factory):
    """The dataset of a run that nothing stopped."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    done = extract_corpus(corpus, folder, **ASKED)
    assert (done.recordings, done.failed) == (290, 10) and len(done.shards) > 10
    return contents(folder)


@pytest.mark.processes
def test_a_run_that_is_killed_again_and_again_ends_as_one_that_was_not(corpus, whole, tmp_path):
    out, rng, kills = tmp_path / "out", np.random.default_rng(1), 0
    command = [sys.executable, "-c", DYING + PROGRAM, str(corpus), str(out)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    while kills < 12:
        last = str(rng.integers(4, 12))
        run = subprocess.Popen([*command, last], env=environment, stderr=subprocess.PIPE)
        # Killed as soon as it has come a shard or two further, at whatever it is just doing then.
        there = len(list(out.glob("part-*")))
        while run.poll() is None and len(list(out.glob("part-*"))) <= there:
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.01))
        run.send_signal(signal.SIGKILL)  # of one that has ended nothing comes
        told = run.communicate()[1].decode()
        if run.returncode != -signal.SIGKILL:
            assert run.returncode == 0, told
            break
        kills += 1
    assert kills >= 3
    extract_corpus(corpus, out, **ASKED)
    assert contents(out) == whole


def test_a_run_killed_between_its_first_shard_and_its_state(corpus, whole, tmp_path, monkeypatch):
    save, saved = State.save, []

    def killed_at_the_second(state, folder):
        if saved:
            raise KeyboardInterrupt
        saved.append(save(state, folder))

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(State, "save", killed_at_the_second)
        extract_corpus(corpus, tmp_path / "out", **ASKED)
    assert [p.name for p in (tmp_path / "out").glob("part-*")] == ["part-00000.parquet"]
    extract_corpus(corpus, tmp_path / "out", **ASKED)
    assert contents(tmp_path / "out") == whole


def test_a_run_that_kept_nothing_binds_nobody(corpus, tmp_path, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Run, "go", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        extract_corpus(corpus, tmp_path / "out", **ASKED)
    assert extract_corpus(corpus / "000.wav", tmp_path / "out", "rms").recordings == 1


@pytest.mark.processes
@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_makes_the_same_bytes(corpus, whole, tmp_path, pool):
    with pool(2) as executor:
        extract_corpus(corpus, tmp_path / "out", executor=executor, workers=2, **ASKED)
        assert executor.submit(abs, -1).result() == 1  # it is still the caller's
    assert contents(tmp_path / "out") == whole


def test_a_finished_dataset_is_left_as_it_is(corpus, whole, tmp_path):
    extract_corpus(corpus, tmp_path / "out", **ASKED)
    written = {p: p.stat().st_mtime_ns for p in (tmp_path / "out").iterdir()}
    again = extract_corpus(corpus, tmp_path / "out", **ASKED)
    assert (again.recordings, again.resumed, again.failed) == (290, 290, 10)
    assert (again.run_recordings, again.run_audio_seconds) == (0, 0.0) and again.audio_seconds > 200
    this, whole_dataset, *_ = summary(again).splitlines()
    assert this == "this run: nothing new to store"
    assert whole_dataset == f"whole dataset: 290 recordings, {lasting(again.audio_seconds)} of audio"
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "out").iterdir()} == written


@pytest.mark.parametrize(
    "change, told",
    [
        ({"settings": {"n_mfcc": 6}}, r"features\[0\]\.settings\.n_mfcc: 5 in the dataset, 6 now"),
        ({"dtype": "float16"}, "dtype: 'float32' in the dataset, 'float16' now"),
        ({"sr": 8000}, "sr: 'own' in the dataset, 8000 now"),
        ({"shard_mb": 1.0}, "shard_mb: 0.01 in the dataset, 1.0 now"),
        ({"feature": "lfcc", "settings": {}}, "feature: 'mfcc' in the dataset, 'lfcc' now"),
    ],
)
def test_other_settings_are_not_mixed_in(corpus, whole, tmp_path, change, told):
    extract_corpus(corpus, tmp_path / "out", **ASKED)
    with pytest.raises(vf.ParameterError, match=f"made in another way .*{told}"):
        extract_corpus(corpus, tmp_path / "out", **{**ASKED, **change})
    assert contents(tmp_path / "out") == whole


def test_other_recordings_are_not_mixed_in(corpus, tmp_path):
    extract_corpus(corpus / "000.wav", tmp_path / "out")
    with pytest.raises(vf.ParameterError, match="recordings: "):
        extract_corpus(corpus / "001.wav", tmp_path / "out")


def test_two_runs_do_not_write_to_one_folder(corpus, tmp_path):
    (tmp_path / "out").mkdir()
    with held(tmp_path / "out"), pytest.raises(vf.ParameterError, match="another run is writing there"):
        extract_corpus(corpus, tmp_path / "out")
    assert extract_corpus(corpus / "000.wav", tmp_path / "out").recordings == 1


def test_a_full_disk_leaves_whole_shards_and_the_run_goes_on(corpus, whole, tmp_path, monkeypatch):
    fill_disk(monkeypatch, "parquet", 4)
    with pytest.raises(OSError, match="No space left"):
        extract_corpus(corpus, tmp_path / "out", **ASKED)
    assert len(list((tmp_path / "out").glob("part-*.parquet"))) == 3
    assert not list((tmp_path / "out").glob(".part-*"))
    monkeypatch.undo()
    assert 0 < extract_corpus(corpus, tmp_path / "out", **ASKED).resumed < 290
    assert contents(tmp_path / "out") == whole


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(corpus, tmp_path):
    (tmp_path / "kept").mkdir(mode=0o555)
    with pytest.raises(OSError, match="Permission denied"):
        extract_corpus(corpus, tmp_path / "kept" / "out")


def test_strict_stops_at_the_first_and_goes_on_from_there(corpus, whole, tmp_path):
    with pytest.raises(vf.ParameterError, match=r"007\.wav cannot be used \(decode: "):
        extract_corpus(corpus, tmp_path / "out", strict=True, **ASKED)
    extract_corpus(corpus, tmp_path / "out", **ASKED)
    assert contents(tmp_path / "out") == whole


@pytest.mark.processes
def test_the_log_tells_the_run_and_nothing_of_it_is_in_the_dataset(corpus, whole, tmp_path):
    extract_corpus(corpus, tmp_path / "out", log=tmp_path / "run.jsonl", **ASKED)
    lines = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text().splitlines()]
    events = [line["event"] for line in lines if line["event"] != "progress"]
    assert events == ["start", *["failed"] * 10, "end"]
    assert lines[0]["sources"] == 300 and lines[0]["host"] and lines[-1]["rows"] == 290
    assert contents(tmp_path / "out") == whole


def stopped(monkeypatch, corpus, out, **more):
    """A run that is stopped by a full disk at its fifth shard."""
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space left"):
        fill_disk(patch, "parquet", 5)
        extract_corpus(corpus, out, **ASKED, **more)


def test_the_totals_of_a_run_that_goes_on_add_up(corpus, tmp_path, monkeypatch):
    stopped(monkeypatch, corpus, tmp_path / "out")
    first = State.load(tmp_path / "out").total
    monkeypatch.setattr("voicefeat.corpus.run.run_log.EVERY", 0.0)
    done = extract_corpus(corpus, tmp_path / "out", log=tmp_path / "run.jsonl", **ASKED)
    assert 0 < first.rows == done.resumed and done.run_recordings == 290 - first.rows
    assert done.audio_seconds == pytest.approx(first.audio_seconds + done.run_audio_seconds)
    this, whole, *_ = summary(done).splitlines()
    assert this.startswith(f"this run: {done.run_recordings} recordings, ")
    assert whole == f"whole dataset: 290 recordings, {lasting(done.audio_seconds)} of audio"
    lines = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text().splitlines()]
    audio = [line["audio_seconds"] for line in lines if "audio_seconds" in line]
    assert len(audio) == done.run_recordings + 1 and audio == sorted(audio)
    assert audio[-1] == done.audio_seconds and lines[-1]["run_audio_seconds"] == done.run_audio_seconds


def test_totals_of_a_run_that_makes_shards_again(corpus, tmp_path, monkeypatch):
    done = extract_corpus(corpus, tmp_path / "out", **ASKED)
    for lost in done.shards[1:3]:
        lost.unlink()
    rows = sum(segment.rows for segment in State.load(tmp_path / "out").segments[1:3])
    monkeypatch.setattr("voicefeat.corpus.run.run_log.EVERY", 0.0)
    again = extract_corpus(corpus, tmp_path / "out", log=tmp_path / "run.jsonl", **ASKED)
    assert (again.run_recordings, again.resumed) == (rows, 290 - rows)
    assert again.audio_seconds == pytest.approx(done.audio_seconds)
    lines = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text().splitlines()]
    told = [(line["rows"], line["done"]) for line in lines if line["event"] == "progress"]
    assert told == sorted(told) and told[0][0] == 290 - rows + 1 and told[-1] == (290, 300)


def test_lines_of_progress_have_the_total_and_the_time_left(corpus, tmp_path, monkeypatch, capsys):
    stopped(monkeypatch, corpus, tmp_path / "out")
    assert capsys.readouterr().err == ""  # a minute is not over
    before = State.load(tmp_path / "out").next[0]
    monkeypatch.setattr("voicefeat.corpus.run.run_log.EVERY", 0.0)
    monkeypatch.setattr("voicefeat.corpus.run.progress.EVERY", 0.0)
    extract_corpus(corpus, tmp_path / "out", log=tmp_path / "run.jsonl", **ASKED)
    lines = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text().splitlines()]
    told = [line for line in lines if line["event"] == "progress"]
    assert {line["total"] for line in told} == {300} and told[-1]["seconds_left"] == 0.0
    assert told[0]["done"] == before + 1 and all(line["seconds_left"] >= 0 for line in told)
    # Of many that are left the time is more than its last digit, which is a millisecond.
    assert all(line["seconds_left"] > 0 for line in told[: len(told) // 2])
    *_, last = plain = capsys.readouterr().err.splitlines()
    assert len(plain) == 300 - before
    assert re.fullmatch(r"voicefeat: 300 of 300 recordings, [\d,.]+ a second, 0 s left, 10 failed", last)
    extract_corpus(corpus / "000.wav", tmp_path / "silent", progress=False)
    assert capsys.readouterr().err == ""


def test_a_run_goes_on_where_nobody_reads_its_lines(corpus, whole, tmp_path, monkeypatch):
    class Closed:
        def isatty(self):
            return False

        def write(self, text):
            raise BrokenPipeError

        def flush(self):
            pass

    monkeypatch.setattr("voicefeat.corpus.run.progress.EVERY", 0.0)
    monkeypatch.setattr(sys, "stderr", Closed())
    extract_corpus(corpus, tmp_path / "out", **ASKED)
    assert contents(tmp_path / "out") == whole


# --- what a row is ------------------------------------------------------------------------------------


def rows(folder):
    return parquet.read_table(folder).to_pylist()


def matrix(row, dtype=np.float32):
    return np.array(row["values"], dtype).reshape(row["n_rows"], row["n_frames"])


def test_long_recordings_become_parts(tmp_path):
    rng = np.random.default_rng(2)
    y = (0.1 * rng.standard_normal(int(34.5 * 8000))).astype(np.float32)
    soundfile.write(tmp_path / "long.wav", y, 8000, subtype="FLOAT")
    soundfile.write(tmp_path / "edge.wav", y[: 11 * 8000], 8000, subtype="FLOAT")
    for workers in (1, 2):
        extract_corpus([tmp_path / "long.wav", tmp_path / "edge.wav"], tmp_path / str(workers), "mfcc",
                       part_seconds=10, workers=workers)  # fmt: skip
    got = rows(tmp_path / "1")
    assert got == rows(tmp_path / "2")
    assert [(r["id"], r["part"], r["start"], r["duration"]) for r in got] == [
        ("edge.wav", 0, 0.0, 11.0), ("long.wav", 0, 0.0, 10.0), ("long.wav", 1, 10.0, 10.0),
        ("long.wav", 2, 20.0, 10.0), ("long.wav", 3, 30.0, 4.5),
    ]  # fmt: skip
    for row in got[1:]:
        begin = int(row["start"] * 8000)
        want = vf.mfcc(y[begin : begin + int(row["duration"] * 8000)], sr=8000)
        np.testing.assert_array_equal(matrix(row), want)


def test_a_run_goes_on_in_the_middle_of_a_long_recording(tmp_path, monkeypatch):
    y = 0.1 * np.random.default_rng(3).standard_normal(95 * 8000)
    soundfile.write(tmp_path / "long.wav", y, 8000)
    asked = {"feature": "mfcc", "part_seconds": 10, "shard_mb": 0.05}
    extract_corpus(tmp_path / "long.wav", tmp_path / "whole", **asked)
    from voicefeat.corpus.run import pieces

    cut = pieces.cut

    def stop(source, piece, *given):
        if piece == 6:
            raise KeyboardInterrupt
        return cut(source, piece, *given)

    monkeypatch.setattr("voicefeat.corpus.run.job.cut", stop)
    with pytest.raises(KeyboardInterrupt):
        extract_corpus(tmp_path / "long.wav", tmp_path / "out", workers=1, **asked)
    monkeypatch.undo()
    assert 0 < extract_corpus(tmp_path / "long.wav", tmp_path / "out", **asked).resumed < 10
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_channels(tmp_path):
    y = np.random.default_rng(4).uniform(-0.5, 0.5, (8000, 3)).astype(np.float32)
    soundfile.write(tmp_path / "three.wav", y, 16000, subtype="FLOAT")
    for which in ("first", "each"):
        extract_corpus(tmp_path / "three.wav", tmp_path / which, "mfcc", channels=which)
    [first] = rows(tmp_path / "first")
    each = rows(tmp_path / "each")
    assert "channel" not in first and [row["channel"] for row in each] == [0, 1, 2]
    for k, row in enumerate(each):
        np.testing.assert_array_equal(matrix(row), vf.mfcc(y[:, k].copy(), sr=16000))
    np.testing.assert_array_equal(matrix(first), matrix(each[0]))
    with pytest.raises(vf.ParameterError, match="channels='left'"):
        extract_corpus(tmp_path / "three.wav", tmp_path / "none", channels="left")


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_types(tmp_path, dtype):
    y = (0.1 * np.random.default_rng(5).standard_normal(16000)).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", y, 16000, subtype="FLOAT")
    extract_corpus(tmp_path / "a.wav", tmp_path / "out", "mfcc", dtype=dtype)
    kind = parquet.read_schema(tmp_path / "out" / "part-00000.parquet").field("values").type.value_type
    assert str(kind) == {"float16": "halffloat", "float32": "float", "float64": "double"}[dtype]
    [row] = rows(tmp_path / "out")
    given = y.astype(np.float64) if dtype == "float64" else y
    np.testing.assert_array_equal(matrix(row, dtype), vf.mfcc(given, sr=16000).astype(dtype))


def test_what_float16_cannot_hold_is_a_failure(tmp_path):
    soundfile.write(tmp_path / "loud.wav", np.sin(np.arange(16000) / 5), 16000)
    asked = {"feature": "spectrogram", "settings": {"power": 2.0}}
    done = extract_corpus(tmp_path / "loud.wav", tmp_path / "out", dtype="float16", **asked)
    assert (done.recordings, done.failed) == (0, 1)
    told = (tmp_path / "out" / "_failures.csv").read_text()
    assert "values would become infinite; they reach" in told and "give 'float32'" in told


def test_values_that_become_0_in_float16_are_counted(tmp_path, capsys):
    """Of every recording, whether one run or two made them; NaN and what is infinite before stay so."""
    tone = np.sin(np.arange(16000) / 5)
    for k in range(4):
        soundfile.write(tmp_path / f"{k}.wav", 10.0**-k * tone, 16000, subtype="FLOAT")
    asked = {"paths": tmp_path, "feature": "melspectrogram", "settings": {"n_mels": 8}}
    done = extract_corpus(out=tmp_path / "out", dtype="float16", shard_mb=1e-9, **asked)
    want = 0
    for row in rows(tmp_path / "out"):
        y, sr = soundfile.read(tmp_path / row["id"], dtype="float32")
        want += int(((matrix(row, "float16") == 0) & (vf.melspectrogram(y, sr=sr, n_mels=8) != 0)).sum())
    assert done.zeroed == want > 100
    assert f"{want:,} values became 0 in float16" in summary(done)
    assert extract_corpus(out=tmp_path / "out", dtype="float16", shard_mb=1e-9, **asked).zeroed == want
    assert "became 0" not in summary(extract_corpus(out=tmp_path / "whole", **asked))


def test_statistics_in_place_of_frames(tmp_path):
    y = (0.1 * np.random.default_rng(6).standard_normal(40000)).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", y, 16000, subtype="FLOAT")
    values = vf.mfcc(y, sr=16000, n_mfcc=2)
    asked = {"paths": tmp_path / "a.wav", "feature": "mfcc", "settings": {"n_mfcc": 2}}
    extract_corpus(out=tmp_path / "all", summary=["mean", "std"], **asked)
    [row] = rows(tmp_path / "all")
    want = np.array([[values[0].mean()], [values[0].std()], [values[1].mean()], [values[1].std()]])
    np.testing.assert_allclose(matrix(row), want, rtol=1e-5)
    about = json.loads(parquet.read_schema(tmp_path / "all" / "part-00000.parquet").metadata[b"voicefeat"])
    assert about["rows"] == ["mfcc_0_mean", "mfcc_0_std", "mfcc_1_mean", "mfcc_1_std"]
    extract_corpus(out=tmp_path / "w", summary=["max"], windows=1, **asked)
    [row] = rows(tmp_path / "w")
    frames = 31  # of 512 samples in a second
    parts = [values[:, k : k + frames] for k in range(0, values.shape[1], frames)]
    want = np.stack([part.max(axis=1) for part in parts], axis=1)
    np.testing.assert_allclose(matrix(row), want, rtol=1e-6)
    with pytest.raises(vf.ParameterError, match="give summary"):
        extract_corpus(tmp_path / "a.wav", tmp_path / "none", windows=1.0)


def test_several_features_have_a_folder_each(corpus, tmp_path):
    names = ["mfcc", "spectral_centroid", "rms"]
    done = extract_corpus(corpus, tmp_path / "out", names, shard_mb=0.05)
    assert (done.recordings, done.failed) == (290, 10)
    for name in names:
        extract_corpus(corpus, tmp_path / name, name)
        assert rows(tmp_path / "out" / name) == rows(tmp_path / name)
    with pytest.raises(vf.ParameterError, match="two have the same name"):
        extract_corpus(corpus, tmp_path / "none", ["mfcc", "mfcc"])


@pytest.mark.slow
def test_several_front_ends_and_one_that_cannot(corpus, tmp_path):
    fronts = ["asvspoof2019-lfcc", "kaldi-fbank-80"]
    extract_corpus(corpus, tmp_path / "out", frontend=fronts)
    for name in fronts:
        extract_corpus(corpus, tmp_path / name, frontend=name)
        assert rows(tmp_path / "out" / name) == rows(tmp_path / name)
