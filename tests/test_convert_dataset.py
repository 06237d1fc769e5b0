"""A dataset written in another format: the files are those of a run in that format."""

import json
import os
import shutil

import numpy as np
import pytest
import soundfile
from corpora import LIBRARIES, READABLE, contents, fill_disk, noises

import voicefeat as vf
from voicefeat.cli.main import main
from voicefeat.corpus import convert_dataset, extract_corpus, verify
from voicefeat.corpus.formats import FORMATS
from voicefeat.corpus.inputs import read_manifest

parquet = pytest.importorskip("pyarrow.parquet", reason='needs pip install ".[corpus]"')

#: Small shards, statistics so that every format can hold them.
ASKED = {"feature": "mfcc", "settings": {"n_mfcc": 5}, "shard_mb": 0.001, "summary": ["mean"], "windows": 0.1}


@pytest.fixture(scope="module")
def listed(tmp_path_factory):
    """Twelve noises with labels, some of them missing; one is no audio."""
    folder = noises(tmp_path_factory.mktemp("convert") / "in", 12, 20, 16000, 500)
    lines = [f"{k:03d}.wav,{'spoof' if k % 3 else ''},{k},{k / 4}" for k in range(12)]
    (folder / "list.csv").write_text("\n".join(["path,label,take,score", *lines]) + "\n")
    return read_manifest(folder / "list.csv")


@pytest.fixture(scope="module")
def whole(listed, tmp_path_factory):
    """The dataset in each format, as a run writes it."""
    folder = tmp_path_factory.mktemp("whole")
    for form in FORMATS:
        pytest.importorskip(LIBRARIES[form])
        done = extract_corpus(listed, folder / form, format=form, **ASKED)
        assert (done.recordings, done.failed) == (11, 1) and len(done.shards) > 2
    return folder


@pytest.mark.parametrize("before", READABLE)
@pytest.mark.parametrize("after", FORMATS)
def test_every_format_becomes_every_other_one(before, after, whole, listed, tmp_path):
    done = convert_dataset(whole / before, tmp_path / "out", after)
    assert contents(tmp_path / "out") == contents(whole / after)
    assert done.rows == 11 and all(shard.exists() for shard in done.shards)
    if after in READABLE:
        found = verify(vf.open_dataset(tmp_path / "out"), listed)
        assert (found.equal, found.unequal, found.damaged) == (11, [], [])
    again = extract_corpus(listed, tmp_path / "out", format=after, **ASKED)
    assert (again.run_recordings, again.again) == (0, 0)
    assert os.listdir(tmp_path) == ["out"]


def test_types_channels_and_long_recordings(tmp_path):
    rng = np.random.default_rng(1)
    (tmp_path / "in").mkdir()
    for k in range(2):
        soundfile.write(tmp_path / "in" / f"{k}.wav", 0.1 * rng.standard_normal((25 * 8000, 2)), 8000)
    asked = {"feature": "mfcc", "channels": "each", "part_seconds": 10, "shard_mb": 0.01}
    for dtype in ("float16", "float64"):
        extract_corpus(tmp_path / "in", tmp_path / dtype, dtype=dtype, format="npy", **asked)
        convert_dataset(tmp_path / dtype, tmp_path / f"to-{dtype}", "parquet")
        extract_corpus(tmp_path / "in", tmp_path / f"as-{dtype}", dtype=dtype, **asked)
        assert contents(tmp_path / f"to-{dtype}") == contents(tmp_path / f"as-{dtype}")
    with pytest.raises(vf.ParameterError, match="dtype='float16': is not a data type of kaldi"):
        convert_dataset(tmp_path / "float16", tmp_path / "none", "kaldi")
    assert not (tmp_path / "none").exists()


def test_options_of_the_format(whole, listed, tmp_path):
    convert_dataset(whole / "parquet", tmp_path / "out", "parquet", format_options={"compress": True})
    extract_corpus(listed, tmp_path / "as", format_options={"compress": True}, **ASKED)
    assert contents(tmp_path / "out") == contents(tmp_path / "as")
    convert_dataset(tmp_path / "out", tmp_path / "back", "parquet")
    assert contents(tmp_path / "back") == contents(whole / "parquet")


def test_all_datasets_of_a_run_and_one_of_them(listed, tmp_path):
    asked = {"feature": ["mfcc", "rms"], "shard_mb": 0.001}
    extract_corpus(listed, tmp_path / "both", **asked)
    extract_corpus(listed, tmp_path / "as", format="npy", **asked)
    convert_dataset(tmp_path / "both", tmp_path / "out", "npy")
    assert contents(tmp_path / "out") == contents(tmp_path / "as")
    convert_dataset(tmp_path / "both" / "rms", tmp_path / "rms", "npy")
    found = verify(vf.open_dataset(tmp_path / "rms"), listed)
    assert (found.equal, found.unequal, found.damaged) == (11, [], [])
    again = extract_corpus(listed, tmp_path / "rms", "rms", format="npy", shard_mb=0.001)
    assert (again.resumed, again.run_recordings, again.failed) == (11, 0, 1)


def test_a_run_that_was_stopped_goes_on_in_the_new_format(whole, listed, tmp_path, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space left"):
        fill_disk(patch, "parquet", 3)
        extract_corpus(listed, tmp_path / "half", **ASKED)
    convert_dataset(tmp_path / "half", tmp_path / "out", "npy")
    with pytest.warns(UserWarning, match="is not complete"):
        assert 0 < len(vf.open_dataset(tmp_path / "out")) < 11
    extract_corpus(listed, tmp_path / "out", format="npy", **ASKED)
    assert contents(tmp_path / "out") == contents(whole / "npy")


def test_a_dataset_without_its_state(whole, listed, tmp_path):
    (tmp_path / "bare").mkdir()
    for shard in (whole / "npy").glob("part-*"):
        shutil.copytree(shard, tmp_path / "bare" / shard.name)
    convert_dataset(tmp_path / "bare", tmp_path / "out", "parquet")
    shards = {name: data for name, data in contents(whole / "parquet").items() if name.startswith("part-")}
    assert contents(tmp_path / "out") == {**shards, ".lock": b""}


def test_nothing_is_overwritten_and_nothing_is_left(whole, tmp_path, capsys, monkeypatch):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").touch()
    for out in (tmp_path / "out", tmp_path / "out" / "mine.txt", whole / "parquet"):
        with pytest.raises(vf.ParameterError, match="give a new"):
            convert_dataset(whole / "parquet", out, "npy")
    fill_disk(monkeypatch, "npy", 2)
    assert main(["convert", str(whole / "parquet"), str(tmp_path / "full"), "--format", "npy"]) == 2
    assert "No space left on device; nothing was written" in capsys.readouterr().err
    assert os.listdir(tmp_path) == ["out"]


def test_what_a_killed_conversion_left_is_removed(whole, tmp_path):
    shutil.copytree(whole / "npy" / "part-00000", tmp_path / ".out.partial" / "part-00009")
    convert_dataset(whole / "npy", tmp_path / "out", "parquet")
    assert contents(tmp_path / "out") == contents(whole / "parquet") and os.listdir(tmp_path) == ["out"]


def test_what_cannot_be_converted_is_refused(whole, listed, tmp_path):
    with pytest.raises(vf.ParameterError, match="which voicefeat cannot read"):
        convert_dataset(whole / "csv", tmp_path / "out", "npy")
    convert_dataset(whole / "npy", tmp_path / "small", "kaldi", format_options={"compress": True})
    with pytest.raises(vf.ParameterError, match="is compressed with loss"):
        convert_dataset(tmp_path / "small", tmp_path / "out", "npy")
    extract_corpus(listed, tmp_path / "frames")
    with pytest.raises(vf.ParameterError, match="format='csv': can hold only statistics"):
        convert_dataset(tmp_path / "frames", tmp_path / "out", "csv")
    shutil.copytree(whole / "npy", tmp_path / "damaged")
    file = next((tmp_path / "damaged" / "part-00001").glob("*.npy"))
    file.write_bytes(file.read_bytes()[:-4] + b"\0\0\0\1")
    with pytest.raises(vf.ParameterError, match="is not what was written"):
        convert_dataset(tmp_path / "damaged", tmp_path / "out", "parquet")
    assert not (tmp_path / "out").exists() and not (tmp_path / ".out.partial").exists()


def test_the_command(whole, tmp_path, capsys):
    given = ["convert", str(whole / "parquet"), str(tmp_path / "out"), "--format", "hdf5"]
    assert main([*given, "--format-option", "compress=true"]) == 0
    assert capsys.readouterr().out.startswith(f"{tmp_path / 'out'}: 11 rows, ")
    state = json.loads((tmp_path / "out" / "_state.json").read_text())
    assert (state["asked"]["format"], state["asked"]["format_options"]) == ("hdf5", {"compress": True})
    assert main(given) == 2 and "already holds" in capsys.readouterr().err
