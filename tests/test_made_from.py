"""Which files a dataset was made from: others are refused and named, the same elsewhere are not."""

import hashlib
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from corpora import contents, noises, stopped_at_rename

import voicefeat as vf
from voicefeat.cli.main import main
from voicefeat.corpus.dataset.verify import verify
from voicefeat.corpus.formats import FORMATS
from voicefeat.corpus.inputs import Listing, Source, read_manifest
from voicefeat.corpus.run import job
from voicefeat.corpus.run.extract import extract_corpus

parquet = pytest.importorskip("pyarrow.parquet", reason='needs pip install ".[corpus]"')

#: Small shards: some two recordings each.
ASKED = {"feature": "mfcc", "settings": {"n_mfcc": 5}, "shard_mb": 0.001}


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """Twelve noises, one of them no audio."""
    return noises(tmp_path_factory.mktemp("made_from") / "clean", 12, 20, 16000, 500)


@pytest.fixture(scope="module")
def noisy(clean, tmp_path_factory):
    """Other recordings of the same names and lengths."""
    folder = tmp_path_factory.mktemp("made_from") / "noisy"
    folder.mkdir()
    for path in clean.glob("*.wav"):
        if path.name == "007.wav":
            shutil.copy2(path, folder)
        else:
            y, sr = soundfile.read(path)
            soundfile.write(folder / path.name, 0.5 * y[::-1], sr)
    return folder


@pytest.fixture
def changing(clean, tmp_path):
    """The noises, to be changed."""
    return Path(shutil.copytree(clean, tmp_path / "in"))


def changed(path, samples=None):
    """Other samples under an old name; as many as before, if nothing is said."""
    y, sr = soundfile.read(path)
    soundfile.write(path, np.random.default_rng(9).uniform(-0.1, 0.1, samples or y.size), sr)


def test_a_finished_dataset_is_not_taken_for_that_of_other_recordings(clean, noisy, tmp_path, capsys):
    out = tmp_path / "out"
    extract_corpus(clean, out, **ASKED)
    before = contents(out)
    with pytest.raises(vf.ParameterError) as error:
        extract_corpus(noisy, out, **ASKED)
    told = str(error.value)
    assert (
        "11 recordings have changed since the dataset was made: '000.wav' (other bytes than before)" in told
    )
    assert "'001.wav'" in told and "'002.wav'" in told and "and 8 more; give another folder, or make" in told
    assert "redo=True, --redo" in told and contents(out) == before
    given = ["--set", "n_mfcc=5", "--shard-mb", "0.001", "--out", str(out)]
    assert main(["extract", str(noisy), *given]) == 2
    assert "--redo" in capsys.readouterr().err and contents(out) == before
    assert main(["extract", str(noisy), *given, "--redo"]) == 1  # one is not audio
    extract_corpus(noisy, tmp_path / "noisy", **ASKED)
    kept = {name: data for name, data in contents(out).items()}
    assert kept == contents(tmp_path / "noisy")


def test_a_stopped_run_does_not_go_on_with_other_recordings(clean, noisy, tmp_path):
    asked, out = {**ASKED, "workers": 1}, tmp_path / "out"
    with pytest.raises(vf.ParameterError, match=r"007\.wav cannot be used"):
        extract_corpus(clean, out, strict=True, **asked)
    assert (out / "part-00001.parquet").exists()
    with pytest.raises(vf.ParameterError, match=r"changed since the dataset was made: '000\.wav'"):
        extract_corpus(noisy, out, **asked)
    extract_corpus(clean, out, **asked)
    extract_corpus(clean, tmp_path / "whole", **asked)
    assert contents(out) == contents(tmp_path / "whole")


@pytest.mark.parametrize("form", FORMATS)
def test_redo_makes_the_shards_of_changed_recordings_again_and_no_others(form, changing, tmp_path):
    pytest.importorskip({"hdf5": "h5py", "zarr": "zarr"}.get(form, "numpy"))
    asked, out = {**ASKED, "format": form}, tmp_path / "out"
    if form == "csv":
        asked |= {"summary": ["mean"], "windows": 0.1}
    done = extract_corpus(changing, out, **asked)
    times = {path: path.stat().st_mtime_ns for path in done.shards}
    changed(changing / "004.wav")
    soundfile.write(changing / "007.wav", np.full(19500, 0.1), 16000)  # it was no audio
    with pytest.raises(vf.ParameterError, match=r"'004\.wav' \(other bytes than before\), '007\.wav' \("):
        extract_corpus(changing, out, **asked)
    again = extract_corpus(changing, out, redo=True, **asked)
    assert 1 <= again.again <= 2 and 0 < again.resumed < 11
    assert (again.recordings, again.failed, again.ledger) == (12, 0, None)
    kept = [path for path, time in times.items() if path.stat().st_mtime_ns == time]
    assert len(kept) >= len(times) - 2
    assert not (out / "_failures.csv").exists()
    if form != "csv":
        found = verify(vf.open_dataset(out), changing)
        assert (found.rows, found.equal, found.damaged) == (12, 12, [])
    same = contents(out)
    assert extract_corpus(changing, out, **asked).resumed == 12 and contents(out) == same


def test_a_copy_of_the_corpus_elsewhere_is_the_same_corpus(clean, tmp_path):
    extract_corpus(clean, tmp_path / "out", **ASKED)
    shutil.copytree(clean, tmp_path / "copy", copy_function=shutil.copy)  # with times of its own
    for k, path in enumerate(sorted((tmp_path / "copy").iterdir())):
        os.utime(path, ns=(k, 10**18 + k))
    shards = {name: data for name, data in contents(tmp_path / "out").items() if name.startswith("part-")}
    assert extract_corpus(tmp_path / "copy", tmp_path / "out", **ASKED).resumed == 11
    extract_corpus(tmp_path / "copy", tmp_path / "again", **ASKED)
    assert contents(tmp_path / "out")["_recordings.bin"] == contents(tmp_path / "again")["_recordings.bin"]
    assert {k: v for k, v in contents(tmp_path / "again").items() if k.startswith("part-")} == shards


def test_a_recording_that_comes_or_goes_is_told(changing, tmp_path):
    (changing / "list.csv").write_text("path\n000.wav\nlate.wav\n001.wav\n")
    out = tmp_path / "out"
    done = extract_corpus(read_manifest(changing / "list.csv"), out, **ASKED)
    assert (done.recordings, done.failed) == (2, 1)
    assert extract_corpus(read_manifest(changing / "list.csv"), out, **ASKED).resumed == 2
    shutil.copy(changing / "002.wav", changing / "late.wav")
    (changing / "001.wav").unlink()
    with pytest.raises(
        vf.ParameterError,
        match=r"'late\.wav' \(was missing before\), '001\.wav' \(is "
        r"missing now",
    ):
        extract_corpus(read_manifest(changing / "list.csv"), out, **ASKED)
    done = extract_corpus(read_manifest(changing / "list.csv"), out, redo=True, **ASKED)
    assert (done.recordings, done.failed) == (2, 1)
    assert vf.open_dataset(out).ids == ["000.wav", "late.wav"]
    ledger = (out / "_failures.csv").read_text()
    assert "001.wav" in ledger and "late.wav" not in ledger


def test_parts_and_segments_of_a_recording_that_changed(tmp_path):
    rng = np.random.default_rng(2)
    for name, seconds in (("long.wav", 95), ("short.wav", 3)):
        soundfile.write(tmp_path / name, 0.1 * rng.standard_normal(seconds * 8000), 8000)
    sources = [
        Source("all", str(tmp_path / "long.wav")), Source("one", str(tmp_path / "short.wav"), 0.5, 1.5),
        Source("two", str(tmp_path / "short.wav"), 1.5, 2.5), Source("end", str(tmp_path / "long.wav"), 1, 2),
    ]  # fmt: skip
    listing = Listing(sources, {}, [])
    asked = {"feature": "mfcc", "part_seconds": 10, "shard_mb": 0.05}
    extract_corpus(listing, tmp_path / "out", **asked)
    for seconds, parts in ((42, 5), (130, 13)):  # fewer parts, then more
        soundfile.write(tmp_path / "long.wav", 0.1 * rng.standard_normal(seconds * 8000), 8000)
        with pytest.raises(vf.ParameterError, match=r"2 recordings have changed .* 'all' \(.*'end' \("):
            extract_corpus(listing, tmp_path / "out", **asked)
        extract_corpus(listing, tmp_path / "out", redo=True, **asked)
        found = verify(vf.open_dataset(tmp_path / "out"), listing)
        assert found.equal == found.rows == parts + 3 and not found.damaged
    digests = vf.open_dataset(tmp_path / "out").column("sha256").tolist()
    long, short = (hashlib.sha256((tmp_path / n).read_bytes()).hexdigest() for n in ("long.wav", "short.wav"))
    assert digests == [long] * 13 + [short, short, long]


@pytest.mark.parametrize("later", [(1, 30), (3, 30), (1, 9), (2, 9)])  # channels and seconds
def test_channels_of_a_recording_that_changed(later, tmp_path):
    """Borders of shards lie between all pieces: those that the file no longer has are none."""
    rng = np.random.default_rng(2)
    (tmp_path / "in").mkdir()
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / "in" / name, 0.1 * rng.standard_normal((30 * 8000, 2)), 8000)
    asked = {"feature": "mfcc", "channels": "each", "part_seconds": 10, "shard_mb": 0.001}
    assert len(extract_corpus(tmp_path / "in", tmp_path / "out", **asked).shards) == 12
    channels, seconds = later
    soundfile.write(tmp_path / "in" / "a.wav", 0.1 * rng.standard_normal((seconds * 8000, channels)), 8000)
    done = extract_corpus(tmp_path / "in", tmp_path / "out", redo=True, **asked)
    assert (done.recordings, done.failed, done.ledger) == (channels * max(seconds // 10, 1) + 6, 0, None)
    found = verify(vf.open_dataset(tmp_path / "out"), tmp_path / "in")
    assert found.equal == found.rows == done.recordings and not found.damaged


def test_another_list_is_refused_and_the_first_that_differs_named(clean, tmp_path):
    sources = [Source(f"{k:03d}.wav", str(clean / f"{k:03d}.wav"), carried=("a",)) for k in range(6)]
    columns = (("label", "string"),)
    extract_corpus(Listing(sources, {}, [], columns), tmp_path / "out", **ASKED)
    other = [*sources[:3], sources[3]._replace(carried=("b",)), *sources[4:]]
    with pytest.raises(vf.ParameterError, match=r"recordings: the first that .* is number 4, '003\.wav'"):
        extract_corpus(Listing(other, {}, [], columns), tmp_path / "out", **ASKED)
    with pytest.raises(vf.ParameterError, match="recordings: 6 are in the dataset, 5 are given"):
        extract_corpus(Listing(sources[:5], {}, [], columns), tmp_path / "out", **ASKED)


def test_records_that_are_lost_are_one_clear_error(clean, tmp_path):
    extract_corpus(clean, tmp_path / "out", **ASKED)
    before = contents(tmp_path / "out")
    records = tmp_path / "out" / "_recordings.bin"
    records.write_bytes(records.read_bytes()[:100])
    with pytest.raises(vf.ParameterError, match=r"_recordings\.bin: lists 1 of 12 recordings, so .*--redo"):
        extract_corpus(clean, tmp_path / "out", **ASKED)
    records.unlink()
    with pytest.raises(
        vf.ParameterError,
        match=r"_recordings\.bin: is missing, so the source files of the dataset are not known",
    ):
        extract_corpus(clean, tmp_path / "out", **ASKED)
    extract_corpus(clean, tmp_path / "out", redo=True, **ASKED)
    assert contents(tmp_path / "out") == before


def test_verify_says_whether_the_recording_or_the_dataset_is_another(changing, tmp_path, capsys):
    out = tmp_path / "out"
    extract_corpus(changing, out, **ASKED)
    changed(changing / "003.wav")
    with open(changing / "005.wav", "ab") as file:  # the same samples, and a chunk that nobody reads
        file.write(b"junk\x04\0\0\0\0\0\0\0")
    found = verify(vf.open_dataset(out), changing)
    told = {each.id: each.why for each in found.unequal}
    assert told.keys() == {"003.wav", "005.wav"} and found.equal == 9
    assert told["003.wav"].startswith("the recording is not the file that the row was made from; differs by")
    assert told["005.wav"] == "the recording is not the file that the row was made from; values are equal"


def test_the_side_files_of_macs_are_no_clips(clean, tmp_path, capsys):
    folder = Path(shutil.copytree(clean, tmp_path / "in"))
    side = b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(100)
    for name in ("._000.wav", "._x.flac"):
        (folder / name).write_bytes(side)
    out = tmp_path / "out"
    for given in (folder, folder / "*.wav", folder / "._*"):
        if given.name == "._*":
            with pytest.raises(vf.ParameterError, match="hold no recordings, only 2 other files"):
                extract_corpus(given, tmp_path / "none", **ASKED)
        else:
            assert extract_corpus(given, tmp_path / f"out{len(given.name)}", **ASKED).recordings == 11
    done = extract_corpus([folder / "._000.wav", folder / "001.wav"], out, **ASKED)
    assert (done.recordings, done.failed) == (1, 1)
    assert "is a side file of macOS (AppleDouble), not a recording" in (out / "_failures.csv").read_text()
    for form in ("npy", "parquet"):  # and what a Mac leaves beside shards is none of the dataset
        done = extract_corpus(clean, tmp_path / form, format=form, **ASKED)
        for shard in done.shards:
            (shard.parent / f"._{shard.name}").write_bytes(side)
            if shard.is_dir():
                (shard / "._index.jsonl").write_bytes(side)
        assert len(vf.open_dataset(tmp_path / form)) == 11 and not vf.open_dataset(tmp_path / form).damage()
        assert extract_corpus(clean, tmp_path / form, format=form, **ASKED).again == 0


def test_two_files_of_one_id_are_refused_with_both_paths(clean, tmp_path):
    for folder in ("flac", "zz"):
        (tmp_path / folder).mkdir()
        shutil.copy(clean / "000.wav", tmp_path / folder / "U.wav")
    paths = [tmp_path / "flac" / "U.wav", tmp_path / "zz" / "U.wav"]
    with pytest.raises(vf.ParameterError) as error:
        extract_corpus(paths, tmp_path / "out", **ASKED)
    assert all(str(path) in str(error.value) for path in paths)
    (tmp_path / "list.csv").write_text("path,id\nflac/U.wav,U\nzz/U.wav,U\n")
    with pytest.raises(vf.ParameterError) as error:
        read_manifest(tmp_path / "list.csv")
    assert all(str(path) in str(error.value) for path in paths) and "line 3" in str(error.value)
    sources = [Source("U", str(path)) for path in paths]
    with pytest.raises(vf.ParameterError) as error:
        extract_corpus(Listing(sources, {}, []), tmp_path / "out", **ASKED)
    assert all(str(path) in str(error.value) for path in paths) and not (tmp_path / "out").exists()


@pytest.mark.parametrize("stop", range(12))
def test_a_redo_that_was_stopped_goes_on_without_being_asked_again(stop, changing, tmp_path, monkeypatch):
    """At each place where a file of the run is renamed, before it and after it."""
    out = tmp_path / "out"
    extract_corpus(changing, out, **ASKED)
    shutil.copytree(out, tmp_path / "same")
    changed(changing / "000.wav")
    soundfile.write(changing / "007.wav", np.full(19500, 0.1), 16000)  # it was a line of the ledger
    (changing / "009.wav").write_text("no audio")  # and this one is
    extract_corpus(changing, tmp_path / "same", redo=True, **ASKED)
    with stopped_at_rename(monkeypatch, out, stop):
        extract_corpus(changing, out, redo=True, **ASKED)
    extract_corpus(changing, out, **ASKED)
    assert contents(out) == contents(tmp_path / "same")
    assert "007.wav" not in (out / "_failures.csv").read_text()


def test_a_flac_file_replaced_while_it_is_analysed_is_noticed(changing, tmp_path, monkeypatch):
    """What is stored of the file is of the bytes that were read before it was analysed."""
    path = tmp_path / "a.flac"
    soundfile.write(path, soundfile.read(changing / "001.wav")[0], 16000)
    read = hashlib.sha256(path.read_bytes()).hexdigest()

    def replaced(*arguments):
        monkeypatch.undo()
        soundfile.write(path, soundfile.read(changing / "002.wav")[0], 16000)
        return compute(*arguments)

    compute = job.compute_tasks
    monkeypatch.setattr(job, "compute_tasks", replaced)
    extract_corpus(path, tmp_path / "out", **ASKED)
    (row,) = parquet.read_table(tmp_path / "out" / "part-00000.parquet").to_pylist()
    assert row["sha256"] == read
    with pytest.raises(vf.ParameterError, match="changed since the dataset was made"):
        extract_corpus(path, tmp_path / "out", **ASKED)


def test_the_digest_is_that_of_the_file(changing, tmp_path):
    """Of whole recordings and of segments."""
    y, sr = soundfile.read(changing / "001.wav")
    soundfile.write(tmp_path / "a.flac", y, sr)
    paths = [tmp_path / "a.flac", changing / "001.wav", changing / "002.wav"]
    sources = [Source(path.name, str(path)) for path in paths]
    sources += [Source(f"{path.name}-part", str(path), 0.1, 0.3) for path in paths]
    extract_corpus(Listing(sources, {}, []), tmp_path / "out", **ASKED)
    shards = [parquet.read_table(shard).to_pylist() for shard in (tmp_path / "out").glob("*.parquet")]
    found = {row["id"]: row["sha256"] for rows in shards for row in rows}
    known = {each.id: hashlib.sha256(Path(each.path).read_bytes()).hexdigest() for each in sources}
    assert found == known
