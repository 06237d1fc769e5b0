"""From files and folders to a Parquet dataset, and back."""

import csv
import json
import os
import pickle
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

import voicefeat as vf
from voicefeat.chain.jobs import Request
from voicefeat.corpus.inputs.sources import find_sources
from voicefeat.corpus.ordered_map import ordered_map
from voicefeat.corpus.run import pieces
from voicefeat.corpus.run.extract import extract_corpus
from voicefeat.corpus.run.settings import as_json, complete, parse
from voicefeat.corpus.run.task import COMPLEX, FeatureTask, Task, compute_tasks
from voicefeat.feature.registry import FEATURES, find

parquet = pytest.importorskip("pyarrow.parquet", reason='needs pip install ".[corpus]"')

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples" / "audio"


def tone(path, seconds=0.25, sr=16000, hz=440.0):
    path.parent.mkdir(parents=True, exist_ok=True)
    n = np.arange(int(seconds * sr))
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * hz * n / sr), sr)
    return path


@pytest.fixture
def corpus(tmp_path):
    """Six tones in two folders."""
    for k in range(6):
        tone(tmp_path / "in" / f"{'ab'[k % 2]}" / f"{k}.wav", hz=200.0 * (k + 1))
    return tmp_path / "in"


def rows(folder):
    return parquet.read_table(folder).to_pylist()


def ledger(folder):
    with open(folder / "_failures.csv", newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


# --- which recordings ---------------------------------------------------------------------------------


def test_a_folder_is_searched_in_a_fixed_order(corpus):
    (corpus / ".hidden").mkdir()
    tone(corpus / ".hidden" / "x.wav")
    tone(corpus / "a" / "._x.wav")
    (corpus / "notes.TXT").touch()
    found = find_sources([corpus])
    assert [s.id for s in found.sources] == ["a/0.wav", "a/2.wav", "a/4.wav", "b/1.wav", "b/3.wav", "b/5.wav"]
    assert dict(found.ignored) == {".txt": 1}
    assert all(Path(s.path).samefile(corpus / s.id) for s in found.sources)


def test_the_order_of_the_arguments_does_not_matter(corpus):
    files = sorted(corpus.rglob("*.wav"))
    assert find_sources(files) == find_sources(files[::-1])
    assert [s.id for s in find_sources(files).sources] == [f"{k}.wav" for k in range(6)]


def test_audio_that_cannot_be_read_does_not_vanish(tmp_path):
    (tmp_path / "talk.m4a").write_bytes(b"no audio")
    assert [s.id for s in find_sources([tmp_path]).sources] == ["talk.m4a"]


def test_links_to_folders_are_reported_and_not_followed(corpus, tmp_path):
    tone(tmp_path / "elsewhere" / "far.wav")
    (corpus / "link").symlink_to(tmp_path / "elsewhere")
    (corpus / "loop").symlink_to(corpus)
    (corpus / "b" / "near.wav").symlink_to(tmp_path / "elsewhere" / "far.wav")
    found = find_sources([corpus])
    assert sorted(found.links) == [str(corpus / "link"), str(corpus / "loop")]
    assert "b/near.wav" in [s.id for s in found.sources] and len(found.sources) == 7


def test_two_recordings_with_one_id_are_both_named(tmp_path):
    first, second = tone(tmp_path / "a" / "x.wav"), tone(tmp_path / "b" / "x.wav")
    with pytest.raises(vf.ParameterError, match=r"same id 'x\.wav'") as error:
        find_sources([tmp_path / "a", tmp_path / "b"])
    assert str(first) in str(error.value) and str(second) in str(error.value)
    assert "one folder above both" in str(error.value)


def test_one_file_under_two_ids_is_an_error(corpus):
    with pytest.raises(vf.ParameterError, match="found twice") as error:
        find_sources([corpus, corpus / "a"])
    assert str(corpus / "a" / "0.wav") in str(error.value)


def test_a_missing_path_is_an_error(tmp_path):
    with pytest.raises(vf.ParameterError, match=r"nowhere.*no such file or folder"):
        find_sources([tmp_path / "nowhere"])


@pytest.mark.skipif(sys.platform != "linux", reason="names of bytes are Linux's")
def test_a_name_that_is_no_text_gets_an_id(tmp_path):
    tone(tmp_path / "in" / "plain name\n.wav")
    os.rename(tmp_path / "in" / "plain name\n.wav", os.fsencode(tmp_path / "in") + b"/caf\xe9 \n.wav")
    done = extract_corpus(tmp_path / "in", tmp_path / "out")
    assert done.failed == 0
    assert [row["id"] for row in rows(tmp_path / "out")] == ["caf\\xe9 \n.wav"]


# --- settings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, name, value",
    [
        ("n_fft=512", "n_fft", 512),
        ("n-fft=512", "n_fft", 512),
        ("n_fft=512.5", "n_fft", 512.5),
        ("fmin=20", "fmin", 20.0),
        ("fmax=7600", "fmax", 7600),
        ("top_db=None", "top_db", None),
        ("top_db=60.5", "top_db", 60.5),
        ("htk=true", "htk", True),
        ("center=False", "center", False),
        ("window=hamming", "window", "hamming"),
        ("window=('kaiser', 6.0)", "window", ("kaiser", 6.0)),
        ("mel_norm=inf", "mel_norm", np.inf),
        ("amin=1e-6", "amin", 1e-6),
    ],
)
def test_settings_are_read_by_their_defaults(text, name, value):
    given = parse(find("mfcc"), [text])
    assert given == {name: value} and type(given[name]) is type(value)


@pytest.mark.parametrize(
    "feature, texts, message",
    [
        ("mfcc", ["n_ftt=512"], "did you mean 'n_fft'"),
        ("lfcc", ["n_mfcc=13"], "did you mean 'n_lfcc'"),
        ("mfcc", ["n_fft"], "no '='"),
        ("mfcc", ["n_fft=512", "n_fft=1024"], "given twice"),
        ("mfcc", ["window=('kaiser'"], "cannot be read; write tuples"),
        ("mfcc", ["dtype=float64"], "stored as float32"),
        ("mfcc", ["S=1"], "no setting of mfcc"),
    ],
)
def test_wrong_settings_are_named(feature, texts, message):
    with pytest.raises(vf.ParameterError, match=message):
        parse(find(feature), texts)


def test_settings_are_complete_and_valid_json():
    for name, feature in FEATURES.items():
        given = {"hop_length": 160} if "hop_length" in feature.settings else {"fmin": 62.5}
        full = complete(feature, given)
        assert full.items() >= given.items() and set(full) == set(feature.settings) - {"dtype"}
        assert json.loads(json.dumps(as_json(full), allow_nan=False)).items() >= given.items(), name


# --- the dataset --------------------------------------------------------------------------------------


def test_rows_equal_direct_calls(tmp_path):
    done = extract_corpus(EXAMPLES, tmp_path / "out", "mfcc", settings={"n_mfcc": 13, "top_db": None})
    files = sorted(p for p in EXAMPLES.iterdir() if p.suffix in (".flac", ".wav", ".ogg"))
    assert (done.recordings, done.failed, done.ledger) == (len(files), 0, None) and len(files) >= 8
    assert not (tmp_path / "out" / "_failures.csv").exists()
    seconds = 0.0
    for row, file in zip(rows(tmp_path / "out"), files, strict=True):
        y, sr = soundfile.read(file, dtype="float32")
        want = vf.mfcc(y, sr=sr, n_mfcc=13, top_db=None)
        got = np.array(row["values"], np.float32).reshape(row["n_rows"], row["n_frames"])
        np.testing.assert_array_equal(got, want)
        assert (row["id"], row["sr"], row["feature"]) == (file.name, sr, "mfcc")
        assert row["duration"] == len(y) / sr
        seconds += row["duration"]
    assert done.audio_seconds == pytest.approx(seconds)


def test_the_schema_says_how_the_values_came_about(corpus, tmp_path):
    extract_corpus(corpus, tmp_path / "out", "lfcc", sr=8000, settings={"n_lfcc": 5})
    schema = parquet.read_schema(tmp_path / "out" / "part-00000.parquet")
    told = ["id", "part", "start", "sr", "n_frames", "duration", "feature", "n_rows"]
    told += ["sha256", "crc32", "values"]
    assert schema.names == told
    about = json.loads(schema.metadata[b"voicefeat"])
    assert (about["feature"], about["sr"], about["channels"]) == ("lfcc", 8000, "mean")
    assert about["settings"] == as_json(complete(find("lfcc"), {"n_lfcc": 5}))
    assert about["rows"] == [f"lfcc_{k}" for k in range(5)]
    assert set(about["versions"]) == {"voicefeat", "numpy", "soxr", "libsndfile"}
    assert about["versions"]["voicefeat"] == vf.__version__


def test_recordings_are_resampled_on_request(tmp_path):
    extract_corpus(EXAMPLES / "en_us_harbour.flac", tmp_path / "out", "melspectrogram", sr=16000)
    [row] = rows(tmp_path / "out")
    y, sr = vf.load(EXAMPLES / "en_us_harbour.flac", sr=16000)
    want = vf.melspectrogram(y, sr=16000)
    assert (row["sr"], sr, row["n_rows"], row["n_frames"]) == (16000, 16000, *want.shape)
    np.testing.assert_array_equal(np.array(row["values"], np.float32).reshape(want.shape), want)


def test_channels_are_averaged(tmp_path):
    y = np.random.default_rng(1).uniform(-0.5, 0.5, (4000, 2)).astype(np.float32)
    soundfile.write(tmp_path / "two.wav", y, 16000, subtype="FLOAT")
    extract_corpus(tmp_path / "two.wav", tmp_path / "out", "spectrogram", settings={"n_fft": 512})
    [row] = rows(tmp_path / "out")
    want = vf.spectrogram(y.mean(axis=1), n_fft=512)
    got = np.array(row["values"], np.float32).reshape(row["n_rows"], row["n_frames"])
    np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-5 * want.max())


@pytest.mark.parametrize("name", [name for name in FEATURES if name not in COMPLEX])
def test_every_real_feature_can_be_extracted(name, corpus, tmp_path):
    frame = FEATURES[name].frame
    done = extract_corpus(corpus / "a", tmp_path / "out", name, settings={frame: 512} if frame else {})
    assert (done.recordings, done.failed) == (3, 0)
    row = rows(tmp_path / "out")[0]
    assert len(row["values"]) == row["n_rows"] * row["n_frames"] > 0


def test_settings_that_fit_some_rate_only(corpus, tmp_path):
    """Bins of 375 Hz have none below 200 Hz; at the recordings' own rate there are some."""
    done = extract_corpus(corpus, tmp_path / "out", "spectral_contrast", settings={"n_fft": 512})
    assert (done.recordings, done.failed) == (6, 0)
    with pytest.raises(vf.ParameterError, match="n_fft=16: "):
        extract_corpus(corpus, tmp_path / "none", "spectral_contrast", settings={"n_fft": 16})
    assert not (tmp_path / "none").exists()


def test_the_bytes_do_not_depend_on_the_workers(corpus, tmp_path):
    (corpus / "a" / "bad.wav").write_text("no audio")
    for workers in (1, 2, 5):
        extract_corpus(corpus, tmp_path / f"{workers}", workers=workers, shard_mb=0.001)
    one = {p.name: p.read_bytes() for p in (tmp_path / "1").iterdir()}
    shards = [f"part-0000{k}.parquet" for k in range(3)]
    assert sorted(one) == [".lock", "_failures.csv", "_recordings.bin", "_state.json", *shards]
    for other in ("2", "5"):
        assert {p.name: p.read_bytes() for p in (tmp_path / other).iterdir()} == one


def test_shards_close_by_size_and_read_as_one(corpus, tmp_path):
    one = extract_corpus(corpus, tmp_path / "one")
    many = extract_corpus(corpus, tmp_path / "many", shard_mb=1e-6)
    assert (len(one.shards), len(many.shards)) == (1, 6)
    assert rows(tmp_path / "one") == rows(tmp_path / "many")
    assert many.bytes == sum(p.stat().st_size for p in (tmp_path / "many").glob("*.parquet"))


def test_pandas_reads_the_folder(corpus, tmp_path):
    pandas = pytest.importorskip("pandas")
    extract_corpus(corpus, tmp_path / "out", settings={"n_mfcc": 13})
    frame = pandas.read_parquet(tmp_path / "out")
    assert frame.id.tolist() == [row["id"] for row in rows(tmp_path / "out")]
    stacked = np.stack([r.values.reshape(r.n_rows, r.n_frames) for r in frame.itertuples()])
    assert stacked.shape == (6, 13, 8) and stacked.dtype == np.float32


# --- what goes wrong ----------------------------------------------------------------------------------


def test_bad_recordings_become_lines_of_the_ledger(corpus, tmp_path):
    (corpus / "a" / "text.wav").write_text("no audio")
    soundfile.write(corpus / "b" / "none.wav", np.zeros(0), 16000)
    y = np.zeros(4000, np.float32)
    y[100] = np.nan
    soundfile.write(corpus / "nan.wav", y, 16000, subtype="FLOAT")
    (corpus / "gone.flac").symlink_to(corpus / "nowhere.flac")
    done = extract_corpus(corpus, tmp_path / "out")
    assert (done.recordings, done.failed, done.ledger) == (6, 4, tmp_path / "out" / "_failures.csv")
    lines = ledger(tmp_path / "out")
    assert [line["id"] for line in lines] == ["a/text.wav", "b/none.wav", "gone.flac", "nan.wav"]
    assert all(line["stage"] in ("decode", "feature") and line["error"] and line["remedy"] for line in lines)
    assert "sample 100" in lines[3]["error"] and "nan" in lines[3]["error"]
    assert not any(str(corpus) in line["error"] for line in lines)  # the path has a column of its own


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_does_not_block_a_run(corpus, tmp_path):
    os.mkfifo(corpus / "pipe.wav")
    assert extract_corpus(corpus, tmp_path / "out").failed == 1
    assert "regular file" in ledger(tmp_path / "out")[0]["error"]


@pytest.mark.parametrize(
    "change, message",
    [
        ({"feature": "mffc"}, "did you mean 'mfcc'"),
        ({"feature": "stft"}, "use feature='spectrogram'"),
        ({"settings": {"n_ftt": 512}}, "did you mean 'n_fft'"),
        ({"settings": {"n_fft": 0}}, "n_fft=0"),
        ({"settings": {"n_mfcc": 129}}, "n_mfcc=129"),
        ({"settings": {"window": "hanning_"}}, "hanning_"),
        ({"settings": {"fmax": 9000.0}, "sr": 16000}, "fmax=9000"),
        ({"sr": 0}, "sr=0"),
        ({"sr": 16000.5}, r"sr=16000\.5"),
        ({"workers": 0}, "workers=0"),
        ({"shard_mb": 0}, "shard_mb=0"),
        ({"paths": []}, "nothing at all"),
        ({"paths": "missing"}, "no such file or folder"),
    ],
)
def test_wrong_arguments_are_errors_before_any_file_is_opened(change, message, corpus, tmp_path, monkeypatch):
    monkeypatch.setattr("voicefeat.corpus.run.job.cut", lambda *a: pytest.fail("a file was opened"))
    with pytest.raises(vf.ParameterError, match=message):
        extract_corpus(**{"paths": corpus, "out": tmp_path / "out", **change})
    assert not (tmp_path / "out").exists()


def test_a_folder_without_recordings_says_what_it_holds(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "list.csv").touch()
    with pytest.raises(vf.ParameterError, match=r"hold no recordings, only 1 other file \(\.csv\)"):
        extract_corpus(tmp_path / "in", tmp_path / "out")


def test_a_folder_that_holds_something_is_refused(corpus, tmp_path):
    (tmp_path / "empty").mkdir()
    assert extract_corpus(corpus, tmp_path / "empty").recordings == 6
    with pytest.raises(vf.ParameterError, match="already holds 'a' and 1 more"):
        extract_corpus(corpus, corpus)
    (tmp_path / "file").touch()
    with pytest.raises(vf.ParameterError, match="is a file"):
        extract_corpus(corpus, tmp_path / "file")


def test_warnings_are_counted_and_say_which_recording(corpus, tmp_path, recwarn):
    for k in range(3):
        soundfile.write(corpus / "b" / f"short{k}.wav", np.full(100, 0.25), 16000)
    done = extract_corpus(corpus, tmp_path / "out", workers=2)
    assert (done.recordings, done.failed, done.warned) == (9, 0, 3)
    assert done.warning.startswith("b/short0.wav: n_fft=2048 is longer than the signal of 100 samples")
    assert len(recwarn) == 0
    with pytest.warns(UserWarning, match="n_fft=2048 is longer"):  # elsewhere warnings are as before
        vf.mfcc(np.full(100, 0.25, np.float32), sr=16000)


@pytest.mark.parametrize("module", ["pyarrow", "tqdm"])
def test_a_missing_extra_says_what_to_install(module, corpus, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ModuleNotFoundError, match=rf"{module}.*pip install {module} .*extra corpus"):
        extract_corpus(corpus, tmp_path / "out", progress=True)


def test_a_fmax_above_one_recordings_nyquist_is_that_recordings_failure(tmp_path):
    tone(tmp_path / "in" / "high.wav", sr=22050)
    tone(tmp_path / "in" / "low.wav", sr=8000)
    done = extract_corpus(tmp_path / "in", tmp_path / "out", settings={"fmax": 8000.0})
    assert (done.recordings, done.failed) == (1, 1)
    [line] = ledger(tmp_path / "out")
    assert (line["id"], line["stage"]) == ("low.wav", "feature") and "fmax=8000" in line["error"]


def test_a_run_that_is_stopped_leaves_whole_shards_only(corpus, tmp_path, monkeypatch):
    cut = pieces.cut

    def stop(source, *given):
        if source.path.endswith("5.wav"):
            raise KeyboardInterrupt
        return cut(source, *given)

    monkeypatch.setattr("voicefeat.corpus.run.job.cut", stop)
    monkeypatch.setattr("voicefeat.corpus.formats.parquet.GROUP", 1)  # each row is on the disk at once
    with pytest.raises(KeyboardInterrupt):
        extract_corpus(corpus, tmp_path / "out", workers=1, shard_mb=0.001)
    names = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert names == [".lock", "_recordings.bin", "_state.json", "part-00000.parquet", "part-00001.parquet"]
    assert [row["id"] for row in rows(tmp_path / "out")] == ["a/0.wav", "a/2.wav", "a/4.wav", "b/1.wav"]


# --- how it runs --------------------------------------------------------------------------------------


def test_a_run_that_stops_leaves_no_thread_behind(corpus, tmp_path):
    for k in range(300):
        (corpus / f"{k:03d}.wav").write_bytes(b"")
    before = set(threading.enumerate())  # long signals of other tests have theirs
    with pytest.raises(vf.ParameterError, match=r"^strict: ") as told:
        extract_corpus(corpus, tmp_path / "out", workers=4, strict=True)
    names = [thread.name for thread in set(threading.enumerate()) - before]
    assert not [name for name in names if name.startswith("voicefeat")]  # while the error is still held
    assert told.value.__traceback__ is not None


def test_features_can_be_sent_to_other_processes():
    for name in FEATURES:
        assert pickle.loads(pickle.dumps(find(name))) is find(name)


class Budget(Task):
    """A task that notes the thread budget that it is computed with, and its thread."""

    name, sr = "budget", None

    def __init__(self):
        self.seen = []

    def request(self, y, rate, prepared):
        def finish(results):
            self.seen.append((vf.get_num_threads(), threading.current_thread().name))
            return np.zeros((1, 3), np.float32)

        return Request(y, (), finish)

    def settings(self, n_rows):
        return {}

    def hop(self, rate):
        return 1.0


def test_workers_start_no_threads_of_their_own():
    task, before = Budget(), vf.get_num_threads()
    vf.set_num_threads(2)
    try:
        list(ordered_map(lambda _: compute_tasks([task], np.zeros(8, np.float32), 8000), range(4), 2))
        assert [threads for threads, _ in task.seen] == [1] * 4 and vf.get_num_threads() == 2
    finally:
        vf.set_num_threads(before)


# --- real recordings ----------------------------------------------------------------------------------


def test_every_file_of_formats_is_a_row_or_a_line(data, tmp_path):
    folder = data / "formats"
    with open(folder / "manifest.csv", newline="", encoding="utf-8") as lines:
        manifest = {line["path"]: line for line in csv.DictReader(lines)}
    done = extract_corpus(folder, tmp_path / "out", sr=16000)
    stored = {row["id"]: row for row in rows(tmp_path / "out")}
    failed = {line["id"]: line for line in ledger(tmp_path / "out")}
    assert set(stored) | set(failed) == set(manifest) and not set(stored) & set(failed)
    assert (done.recordings, done.failed) == (len(stored), len(failed))
    useless = {
        path
        for path, m in manifest.items()
        if m["readable"] == "no" or m["frames"] == "0" or m["peak"] == "nan"
    } - {"broken/wav_data_size_zero.wav"}  # all of its samples lie behind the 0
    assert useless <= set(failed)
    assert not [path for path in failed if path not in useless and not path.startswith("broken/")]
    assert all(line["error"] and line["remedy"] for line in failed.values())


@pytest.mark.slow
def test_a_whole_corpus(data, tmp_path):
    pandas = pytest.importorskip("pandas")
    folder = data / "minifake"
    done = extract_corpus(folder, tmp_path / "out")
    assert (done.recordings, done.failed) == (1230, 0)
    manifest = pandas.read_csv(folder / "manifest.csv").set_index("path")
    frame = pandas.read_parquet(tmp_path / "out").set_index("id")
    assert set(frame.index) == set(manifest.index) and frame.index.is_monotonic_increasing
    np.testing.assert_allclose(frame.duration, manifest.duration_s[frame.index], atol=1e-3)
    table = parquet.read_table(tmp_path / "out")
    assert table.column("id").to_pylist() == frame.index.tolist()
    for at in range(0, 1230, 123):
        row = frame.iloc[at]
        y, sr = soundfile.read(folder / frame.index[at], dtype="float32")
        want = vf.mfcc(y, sr=sr)
        np.testing.assert_array_equal(row["values"].reshape(row.n_rows, row.n_frames), want)
        np.testing.assert_array_equal(table.column("values")[at].values.to_numpy(), want.ravel())


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_features_are_refused_by_name(name):
    with pytest.raises(vf.ParameterError, match=rf"^feature='{name}': is complex.*; use feature='\w+'"):
        FeatureTask.of(name, 16000, None)
    assert FEATURES[name].function(np.zeros(20000, np.float32)).dtype.kind == "c"


def test_an_error_tells_a_file_from_a_link_to_nothing(corpus, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    for name, told in (("file", "is a file"), ("link", "is a broken link")):
        with pytest.raises(vf.ParameterError, match=f"{name}': {told}"):
            extract_corpus(corpus, tmp_path / name)
