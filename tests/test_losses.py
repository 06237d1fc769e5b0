"""Datasets that lost something say so: shards, parts of shards, the state, the ledger."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from corpora import LIBRARIES, READABLE, contents, noises, stopped_at_rename

import voicefeat as vf
from voicefeat.cli.main import main
from voicefeat.corpus.dataset.verify import verify
from voicefeat.corpus.output.failures import Ledger
from voicefeat.corpus.output.state import State
from voicefeat.corpus.run.extract import extract_corpus

pytest.importorskip("pyarrow.parquet", reason='needs pip install ".[corpus]"')

ASKED = {"feature": "mfcc", "settings": {"n_mfcc": 5}, "shard_mb": 0.001}


def asked_of(form):
    more = {"summary": ["mean"], "windows": 0.1, "shard_mb": 0.0002} if form == "csv" else {}
    return {**ASKED, "format": form, **more}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Twelve noises; two, in different shards, are no audio."""
    folder = noises(tmp_path_factory.mktemp("losses") / "in", 12, 20, 16000, 500)
    (folder / "002.wav").write_text("no audio")
    return folder


@pytest.fixture(scope="module")
def whole(corpus, tmp_path_factory):
    """A dataset of each format; not to be changed."""
    folder = tmp_path_factory.mktemp("whole")

    def made(form):
        pytest.importorskip(LIBRARIES[form])
        if not (folder / form).exists():
            done = extract_corpus(corpus, folder / form, **asked_of(form))
            assert (done.recordings, done.failed) == (10, 2) and len(done.shards) >= 5
        return folder / form

    return made


@pytest.fixture
def copied(whole, tmp_path):
    """A copy of one, to be changed."""
    return lambda form: Path(shutil.copytree(whole(form), tmp_path / form))


def gone(shard):
    shutil.rmtree(shard) if shard.is_dir() else shard.unlink()


def shards(folder):
    return sorted(folder.glob("part-*"))


# --- shards -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", LIBRARIES)
def test_lost_shards_are_told_and_made_again_and_nothing_else_is(form, corpus, copied, monkeypatch):
    out = copied(form)
    before, there = contents(out), shards(out)
    for k in (0, 2, len(there) - 1):
        gone(there[k])
    times = {path: path.stat().st_mtime_ns for path in shards(out)}
    name = there[0].name.replace(".", r"\.")
    with pytest.raises(vf.ParameterError, match=rf"{name}: is missing, with \d rows?; copy it"):
        vf.open_dataset(out)
    read = []
    from voicefeat.corpus.run.job import CorpusJob

    call = CorpusJob.__call__
    counted = lambda job, item: read.append(item.source.id) or call(job, item)  # noqa: E731
    monkeypatch.setattr(CorpusJob, "__call__", counted)
    done = extract_corpus(corpus, out, workers=1, **asked_of(form))
    assert (done.again, done.recordings, done.failed) == (3, 10, 2) and done.resumed == 12 - 2 - done_rows(
        before, done
    )
    assert len(read) < 12
    assert contents(out) == before
    assert {path: path.stat().st_mtime_ns for path in times} == times


def done_rows(before, done):
    """Rows of the shards that were made again."""
    segments = json.loads(before["_state.json"])["segments"]
    held = [k for k, segment in enumerate(segments) if segment["shards"]]
    return sum(segments[k]["rows"] for k in (held[0], held[2], held[-1]))


@pytest.mark.parametrize("form", LIBRARIES)
def test_a_shard_that_nobody_listed_is_neither_read_nor_removed(form, corpus, copied):
    out = copied(form)
    last = shards(out)[-1]
    foreign = last.with_name(last.name.replace(last.name[5:10], "00099"))
    shutil.copytree(last, foreign) if last.is_dir() else shutil.copy(last, foreign)
    with pytest.raises(vf.ParameterError, match=r"part-00099.*: is not a shard .*; move it elsewhere"):
        vf.open_dataset(out)
    with pytest.raises(vf.ParameterError, match=r"part-00099.*: is not a shard .*; move it elsewhere"):
        extract_corpus(corpus, out, **asked_of(form))
    assert foreign.exists()


@pytest.mark.parametrize("form", READABLE)
def test_a_shard_of_another_dataset_in_the_place_of_one(form, corpus, copied, tmp_path):
    out = copied(form)
    extract_corpus(corpus, tmp_path / "other", **{**asked_of(form), "settings": {"n_mfcc": 6}})
    here, there = shards(out)[1], shards(tmp_path / "other")[1]
    gone(here)
    shutil.copytree(there, here) if there.is_dir() else shutil.copy(there, here)
    with pytest.raises(vf.ParameterError, match=rf"{here.name}: (has|does not belong) .*; (copy|move) it"):
        vf.open_dataset(out)
    (out / "_state.json").unlink()
    with pytest.raises(
        vf.ParameterError, match=rf"{here.name}: does not belong to the dataset of part-00000"
    ):
        vf.open_dataset(out)


@pytest.mark.parametrize("form", READABLE)
def test_a_shard_of_the_same_size_and_settings_from_other_recordings(form, copied, corpus, tmp_path):
    out, folder = copied(form), Path(shutil.copytree(corpus, tmp_path / "in"))
    for path in folder.glob("*.wav"):
        path.write_bytes(path.read_bytes()[:44] + path.read_bytes()[:43:-1])  # samples the other way round
    extract_corpus(folder, tmp_path / "other", **asked_of(form))
    here, there = shards(out)[1], shards(tmp_path / "other")[1]
    gone(here)
    shutil.copytree(there, here) if there.is_dir() else shutil.copy(there, here)
    for call in (list, lambda dataset: dataset.lengths, lambda dataset: dataset["003.wav"]):
        # Where checksums are written in digits, the size may tell before they are read.
        with pytest.raises(vf.ParameterError, match=rf"{here.name}: (holds other rows than those|has \d)"):
            call(vf.open_dataset(out))


@pytest.mark.parametrize("form", READABLE)
def test_a_damaged_shard_of_the_same_size_is_found_by_reading_and_by_verify(
    form, corpus, whole, copied, capsys
):
    out = copied(form)
    shard = shards(out)[0]
    files = {"zarr": "values/c/0", "kaldi": "feats.ark", "npy": "000.wav.npy"}
    file = shard / files[form] if form in files else shard
    values = vf.open_dataset(whole(form))[0].values
    wanted = (values.T if form == "kaldi" else values)[0, :4].tobytes()
    data = file.read_bytes()
    assert wanted[:4] in data
    place = data.index(wanted[:4])
    file.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    dataset = vf.open_dataset(out)
    assert len(dataset[2].id) == 7
    with pytest.raises(vf.ParameterError, match=rf"{shard.name}.*: row '000\.wav' is not what was written"):
        dataset[0]
    with pytest.raises(vf.ParameterError, match=r"checksum differs.*copy it again, or remove it and run"):
        list(dataset)
    found = verify(dataset, corpus)
    assert found.damaged == [f"{shard}: has other bytes (its checksum differs)"]
    assert "000.wav" in {each.id for each in found.unequal} and found.equal >= 8
    assert main(["verify", str(out), str(corpus)]) == 1
    assert f"damaged: {shard}: has other bytes" in capsys.readouterr().out


@pytest.mark.parametrize("form", LIBRARIES)
def test_shards_that_changed_places_are_made_again(form, corpus, copied, whole, tmp_path):
    """Of other recordings, of the same sizes: HDF5's shards often have all one size."""
    out, folder = copied(form), Path(shutil.copytree(corpus, tmp_path / "in"))
    for path in folder.glob("*.wav"):
        path.write_bytes(path.read_bytes()[:44] + path.read_bytes()[:43:-1])
    extract_corpus(folder, tmp_path / "other", **asked_of(form))
    here, there = shards(out)[1], shards(tmp_path / "other")[1]
    gone(here)
    shutil.copytree(there, here) if there.is_dir() else shutil.copy(there, here)
    assert extract_corpus(corpus, out, **asked_of(form)).again == 1
    assert contents(out) == contents(whole(form))
    assert extract_corpus(corpus, out, redo=True, **asked_of(form)).again == 0


@pytest.mark.parametrize("form", LIBRARIES)
def test_redo_makes_shards_with_a_changed_byte_again(form, corpus, copied, whole):
    out = copied(form)
    for shard in (shards(out)[0], shards(out)[-1]):
        files = [file for file in shard.rglob("*") if file.is_file()] if shard.is_dir() else [shard]
        file = max(files, key=lambda f: f.stat().st_size)
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
    assert extract_corpus(corpus, out, redo=True, **asked_of(form)).again == 2
    assert contents(out) == contents(whole(form))


@pytest.mark.parametrize("form", ["parquet", "hdf5"])
def test_a_shard_that_cannot_be_read_is_made_again(form, corpus, copied, whole):
    out = copied(form)
    shard = shards(out)[1]
    shard.write_bytes(bytes(shard.stat().st_size))
    assert extract_corpus(corpus, out, **asked_of(form)).again == 1
    assert contents(out) == contents(whole(form))


def test_a_lost_chunk_of_zarr_is_no_zeros(corpus, copied):
    out = copied("zarr")
    (shards(out)[1] / "values" / "c" / "0").unlink()
    with pytest.raises(vf.ParameterError, match=r"part-00001\.zarr: has \d+ of its \d+ files; copy it again"):
        vf.open_dataset(out)
    (out / "_state.json").unlink()
    with pytest.raises(vf.ParameterError, match=r"part-00001\.zarr: row '003\.wav' is not what was written"):
        list(vf.open_dataset(out))


@pytest.mark.parametrize("form", ["npy", "kaldi"])
def test_an_index_that_was_cut_is_no_shorter_dataset(form, corpus, copied):
    out = copied(form)
    before = contents(out)
    index = shards(out)[0] / "index.jsonl"
    index.write_text("".join(index.read_text().splitlines(True)[:1]))
    with pytest.raises(vf.ParameterError, match=r"part-00000: has [\d,]+ of its [\d,]+ bytes; copy it again"):
        vf.open_dataset(out)
    assert extract_corpus(corpus, out, **asked_of(form)).again == 1 and contents(out) == before


def test_a_matrix_that_was_stored_with_loss_is_checked_too(corpus, tmp_path):
    pytest.importorskip("kaldiio")
    how = {**ASKED, "format": "kaldi", "format_options": {"compress": True}}
    extract_corpus(corpus, tmp_path / "out", **how)
    assert len(list(vf.open_dataset(tmp_path / "out"))) == 10
    ark = tmp_path / "out" / "part-00000" / "feats.ark"
    data = bytearray(ark.read_bytes())
    data[-1] ^= 1
    ark.write_bytes(data)
    with pytest.raises(vf.ParameterError, match=r"part-00000.*its checksum differs"):
        list(vf.open_dataset(tmp_path / "out"))


def test_shards_within_a_long_recording_are_made_again(tmp_path):
    soundfile.write(tmp_path / "long.wav", 0.1 * np.random.default_rng(0).standard_normal(95 * 8000), 8000)
    asked = {"feature": "mfcc", "part_seconds": 10, "shard_mb": 0.01}
    done = extract_corpus(tmp_path / "long.wav", tmp_path / "out", **asked)
    before = contents(tmp_path / "out")
    assert len(done.shards) == 10
    for k in (2, 3, 7):
        done.shards[k].unlink()
    assert extract_corpus(tmp_path / "long.wav", tmp_path / "out", **asked).again == 3
    assert contents(tmp_path / "out") == before


def test_labels_are_under_the_checksum(corpus, tmp_path):
    import h5py

    from voicefeat.corpus.inputs import Listing, Source

    sources = [Source(f"{k:03d}.wav", str(corpus / f"{k:03d}.wav"), carried=(k, None)) for k in (0, 1, 3)]
    columns = (("take", "int64"), ("level", "float64"))
    extract_corpus(Listing(sources, {}, [], columns), tmp_path / "out", format="hdf5", **ASKED)
    assert [entry.labels for entry in vf.open_dataset(tmp_path / "out")][2] == {"level": None, "take": 3}
    with h5py.File(tmp_path / "out" / "part-00000.h5", "r+") as file:
        file["columns/take"][0] = 7
    (tmp_path / "out" / "_state.json").unlink()
    with pytest.raises(vf.ParameterError, match=r"row '000\.wav' is not what was written"):
        vf.open_dataset(tmp_path / "out")[0]


def test_several_datasets_of_one_run_lose_each_their_own(corpus, tmp_path):
    asked = {**ASKED, "feature": ["mfcc", "rms"], "settings": None}
    extract_corpus(corpus, tmp_path / "out", **asked)
    before = contents(tmp_path / "out")
    (tmp_path / "out" / "rms" / "part-00001.parquet").unlink()
    assert len(vf.open_dataset(tmp_path / "out" / "mfcc")) == 10
    with pytest.raises(vf.ParameterError, match=r"rms/part-00001\.parquet: is missing"):
        vf.open_dataset(tmp_path / "out" / "rms")
    extract_corpus(corpus, tmp_path / "out", **asked)
    assert contents(tmp_path / "out") == before


def test_shards_without_a_state_have_to_follow_one_another(copied):
    out = copied("parquet")
    (out / "_state.json").unlink()
    assert len(vf.open_dataset(out)) == 10
    (out / "part-00001.parquet").unlink()
    with pytest.raises(vf.ParameterError, match=r"has no part-00001, but has part-00002\.parquet"):
        vf.open_dataset(out)


# --- state and ledger ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["null", "", "[]", '{"asked": {}}', "cut", "latin", '{"shards": 3}'])
def test_a_state_that_is_none_is_one_clear_error(text, corpus, copied, capsys):
    out = copied("parquet")
    state = out / "_state.json"
    kept = state.read_text()
    state.write_bytes({"cut": kept[: len(kept) // 2].encode(), "latin": b"\xff{}"}.get(text, text.encode()))
    for call in (lambda: vf.open_dataset(out), lambda: extract_corpus(corpus, out, **ASKED)):
        with pytest.raises(vf.ParameterError, match=r"_state\.json: is not the state .*; copy it again from"):
            call()
    assert main(["verify", str(out), str(corpus)]) == 2 and main(["show", str(out)]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_state_from_elsewhere_is_one_clear_error(corpus, copied, tmp_path):
    out = copied("parquet")
    other = {**ASKED, "settings": {"n_mfcc": 6}}
    extract_corpus(corpus, tmp_path / "other", **other)
    shutil.copy(tmp_path / "other" / "_state.json", out)
    with pytest.raises(vf.ParameterError, match=r"part-0000.*: has .*; copy it again, or"):
        vf.open_dataset(out)
    with pytest.raises(vf.ParameterError, match=r"made in another way .*n_mfcc: 6 in the dataset, 5 now"):
        extract_corpus(corpus, out, **ASKED)


@pytest.mark.parametrize("cut", [True, False])
def test_a_lost_ledger_is_one_clear_error_and_redo_makes_it_again(cut, corpus, copied):
    out = copied("parquet")
    before, ledger = contents(out), out / "_failures.csv"
    if cut:
        ledger.write_bytes(ledger.read_bytes()[:50])
        state = r"has 50 of its \d+ bytes"
    else:
        ledger.unlink()
        state = "is missing"
    for call in (lambda: vf.open_dataset(out), lambda: extract_corpus(corpus, out, **ASKED)):
        with pytest.raises(vf.ParameterError, match=rf"_failures\.csv {state}; it lists 2 .*copy it again"):
            call()
    extract_corpus(corpus, out, redo=True, **ASKED)
    assert contents(out) == before


# --- killed while it mends ----------------------------------------------------------------------------

PROGRAM = """
import sys
from voicefeat.corpus.run.extract import extract_corpus
extract_corpus(sys.argv[1], sys.argv[2], "mfcc", settings={"n_mfcc": 5}, shard_mb=0.001, workers=2)
"""


@pytest.mark.processes
def test_a_run_that_is_killed_while_it_mends_ends_as_if_nothing_had_been(corpus, copied):
    out = copied("parquet")
    before = contents(out)
    for shard in shards(out):
        shard.unlink()
    (out / shards(out)[-1].name if shards(out) else out / "none").unlink(missing_ok=True)
    for name, data in before.items():
        if name.startswith("part-00003") or name.startswith("part-00005"):
            (out / name).write_bytes(data)  # two are there, so that the others are made again between them
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", PROGRAM, str(corpus), str(out)]
    kills, rng = 0, np.random.default_rng(3)
    while kills < 4:
        run = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
        there = len(shards(out))
        while run.poll() is None and len(shards(out)) <= there:
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.01))
        if run.poll() is not None:
            assert run.returncode == 0, run.stderr.read().decode()
            break
        run.send_signal(signal.SIGKILL)
        run.wait()
        kills += 1
    extract_corpus(corpus, out, **ASKED)
    assert contents(out) == before


@pytest.mark.parametrize("stop", range(10))
def test_the_ledger_and_the_state_agree_wherever_a_run_stops(stop, corpus, copied, monkeypatch):
    """At each place where a file of the run is renamed, before it and after it."""
    out = copied("parquet")
    before = contents(out)
    changed = before["_failures.csv"].decode().splitlines()
    gone(out / "part-00000.parquet")
    gone(out / "part-00001.parquet")
    with stopped_at_rename(monkeypatch, out, stop):
        extract_corpus(corpus, out, **ASKED)
    with pytest.raises(vf.ParameterError, match=r"have a rebuild that was stopped; run the same|is missing"):
        vf.open_dataset(out)
    assert not State.load(out).complete
    extract_corpus(corpus, out, **ASKED)
    assert contents(out) == before
    assert (out / Ledger.NAME).read_text().splitlines() == changed
