"""A dataset that grows: what came is added, the rest stays; recordings of the ledger are tried again."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from corpora import DYING, LIBRARIES, contents, noises, stopped_at_rename

import voicefeat as vf
from voicefeat.cli.main import main
from voicefeat.corpus import convert_dataset, extract_corpus, verify
from voicefeat.corpus.formats import FORMATS
from voicefeat.corpus.inputs import read_manifest
from voicefeat.corpus.report.run import summary

parquet = pytest.importorskip("pyarrow.parquet", reason='needs pip install ".[corpus]"')

#: Small shards: some two recordings each.
ASKED = {"feature": "mfcc", "settings": {"n_mfcc": 5}, "shard_mb": 0.001}
#: As options of the command.
GIVEN = ["--set", "n_mfcc=5", "--shard-mb", "0.001"]


@pytest.fixture
def corpus(tmp_path):
    """Twelve noises of odd numbers, one of them no audio."""
    noises(tmp_path / "all", 24, 20, 16000, 100)
    (tmp_path / "in").mkdir()
    for k in range(1, 24, 2):
        shutil.copy2(tmp_path / "all" / f"{k:03d}.wav", tmp_path / "in")
    return tmp_path / "in"


def come(corpus, *numbers):
    """Further noises come: they are between the others by their names."""
    for k in numbers:
        shutil.copy2(corpus.parent / "all" / f"{k:03d}.wav", corpus)


def changed(path):
    """Other samples under an old name."""
    y, sr = soundfile.read(path)
    soundfile.write(path, np.random.default_rng(9).uniform(-0.1, 0.1, y.size), sr)


def shards(out):
    return {name: data for name, data in contents(out).items() if "part-" in name}


def as_one_run(corpus, numbers, out, **asked):
    """The bytes of the rows of a run over these recordings alone."""
    alone = corpus.parent / f"alone-{numbers[0]}"
    alone.mkdir()
    come(alone, *numbers)
    extract_corpus(alone, out, **asked)
    return {entry.id: entry.values.tobytes() for entry in vf.open_dataset(out)}


@pytest.mark.parametrize("form", FORMATS)
def test_what_came_is_added_and_the_rest_stays_byte_for_byte(form, corpus, tmp_path):
    pytest.importorskip(LIBRARIES[form])
    asked, out = {**ASKED, "format": form}, tmp_path / "out"
    if form == "csv":
        asked |= {"summary": ["mean"]}
    first = extract_corpus(corpus, out, **asked)
    before = shards(out)
    come(corpus, 0, 2, 8, 22)
    with pytest.raises(vf.ParameterError) as error:
        extract_corpus(corpus, out, **asked)
    told = "has 12 of these recordings, and 4 more are given; --update (update=True) adds them"
    assert str(error.value) == f"out={str(out)!r}: {told}" and shards(out) == before
    done = extract_corpus(corpus, out, update=True, **asked)
    assert (done.added, done.recordings, done.resumed, done.failed, done.again) == (4, 15, 11, 1, 0)
    assert done.shards[: len(first.shards)] == first.shards and len(done.shards) > len(first.shards)
    assert {name: data for name, data in shards(out).items() if name in before} == before
    assert "4 recordings added since the last run" in summary(done)
    after = contents(out)
    for more in ({}, {"update": True}, {"redo": True}):  # with or without: there is nothing left to do
        again = extract_corpus(corpus, out, **asked, **more)
        assert (again.run_recordings, again.resumed, again.added) == (0, 15, 0) and contents(out) == after
    if form == "csv":
        return
    dataset = vf.open_dataset(out)
    assert dataset.ids[-4:] == ["000.wav", "002.wav", "008.wav", "022.wav"] and dataset.complete
    found = verify(dataset, corpus)
    assert (found.equal, found.unequal, found.absent, found.damaged) == (15, [], [], [])
    new = as_one_run(corpus, (0, 2, 8, 22), tmp_path / "new", **asked)
    assert {entry.id: entry.values.tobytes() for entry in dataset[-4:]} == new


@pytest.mark.parametrize("stop", range(10))
def test_an_update_that_was_stopped_goes_on(stop, corpus, tmp_path, monkeypatch):
    """At each place where a file of the run is renamed, with --update again or without."""
    out = tmp_path / "out"
    extract_corpus(corpus, out, **ASKED)
    come(corpus, 0, 2, 4, 6, 8, 10)
    shutil.copytree(out, tmp_path / "whole")
    extract_corpus(corpus, tmp_path / "whole", update=True, **ASKED)
    with stopped_at_rename(monkeypatch, out, stop):
        extract_corpus(corpus, out, update=True, **ASKED)
    extract_corpus(corpus, out, update=stop % 3 == 0, **ASKED)
    assert contents(out) == contents(tmp_path / "whole")


PROGRAM = """
import sys
from voicefeat.corpus.run.extract import extract_corpus
asked = {"settings": {"n_mfcc": 5}, "shard_mb": 0.001, "update": True, "retry": True}
extract_corpus(sys.argv[1], sys.argv[2], "mfcc", **asked)
"""


@pytest.mark.processes
def test_an_update_that_is_killed_again_and_again(corpus, tmp_path):
    good, out = failing(corpus), tmp_path / "out"
    extract_corpus(corpus, out, **ASKED)
    come(corpus, 0, 2, 4, 6, 8, 10)
    for name, data in good.items():
        (corpus / name).write_bytes(data)
    shutil.copytree(out, tmp_path / "whole")
    extract_corpus(corpus, tmp_path / "whole", update=True, retry=True, **ASKED)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    kills = 0
    while kills < 8:
        command = [sys.executable, "-c", DYING + PROGRAM, str(corpus), str(out), str(6 + kills % 9)]
        run = subprocess.run(command, env=environment, capture_output=True, text=True)
        if run.returncode != -signal.SIGKILL:
            assert run.returncode == 0, run.stderr
            break
        kills += 1
    assert kills >= 3
    extract_corpus(corpus, out, update=True, retry=True, **ASKED)
    assert contents(out) == contents(tmp_path / "whole")


def test_a_stopped_update_takes_what_came_meanwhile(corpus, tmp_path, monkeypatch):
    out = tmp_path / "out"
    extract_corpus(corpus, out, **ASKED)
    come(corpus, 0, 2, 4, 6, 8)
    with stopped_at_rename(monkeypatch, out, 3):
        extract_corpus(corpus, out, update=True, **ASKED)
    come(corpus, 1, 10)
    with pytest.raises(vf.ParameterError, match=r"--update \(update=True\), which adds the new ones"):
        extract_corpus(corpus, out, **ASKED)
    extract_corpus(corpus, out, update=True, **ASKED)
    found = verify(vf.open_dataset(out), corpus)
    assert (found.equal, found.unequal, found.damaged) == (17, [], [])


def test_a_first_run_that_was_stopped_goes_on_with_a_list_that_has_grown(corpus, tmp_path, monkeypatch):
    out = tmp_path / "out"
    with stopped_at_rename(monkeypatch, out, 5):
        extract_corpus(corpus, out, **ASKED)
    come(corpus, 0, 22)
    with pytest.raises(vf.ParameterError, match=r"recordings: .*--update \(update=True\)"):
        extract_corpus(corpus, out, **ASKED)
    extract_corpus(corpus, out, update=True, **ASKED)
    found = verify(vf.open_dataset(out), corpus)
    assert (found.equal, found.unequal, found.absent) == (13, [], [])


def test_a_run_stopped_within_a_recording_that_vanishes(corpus, tmp_path, monkeypatch):
    y = 0.1 * np.random.default_rng(3).standard_normal(95 * 8000)
    soundfile.write(corpus / "000.wav", y, 8000)
    asked, out = {**ASKED, "part_seconds": 10}, tmp_path / "out"
    with stopped_at_rename(monkeypatch, out, 5):
        extract_corpus(corpus, out, **asked)
    (corpus / "000.wav").rename(tmp_path / "000.wav")
    with pytest.raises(vf.ParameterError, match="within a recording that is no longer listed"):
        extract_corpus(corpus, out, update=True, **asked)
    (tmp_path / "000.wav").rename(corpus / "000.wav")
    come(corpus, 2)
    extract_corpus(corpus, out, update=True, **asked)
    found = verify(vf.open_dataset(out), corpus)
    assert (found.equal, found.unequal, found.absent) == (22, [], [])  # ten parts, twelve others


def test_several_datasets_grow_together_and_can_be_converted(corpus, tmp_path):
    asked = {"feature": ["mfcc", "rms"], "shard_mb": 0.001}
    extract_corpus(corpus, tmp_path / "out", **asked)
    before = shards(tmp_path / "out")
    come(corpus, 0, 2)
    extract_corpus(corpus, tmp_path / "out", update=True, **asked)
    assert shards(tmp_path / "out").items() >= before.items()
    for name in ("mfcc", "rms"):
        assert verify(vf.open_dataset(tmp_path / "out" / name), corpus).equal == 13
    convert_dataset(tmp_path / "out", tmp_path / "npy", "npy")
    come(corpus, 4)
    done = extract_corpus(corpus, tmp_path / "npy", update=True, format="npy", **asked)
    assert (done.added, done.recordings) == (1, 14)


def test_changed_recordings_are_told_and_kept_until_redo(corpus, tmp_path, capsys):
    out = tmp_path / "out"
    extract_corpus(corpus, out, **ASKED)
    before = shards(out)
    come(corpus, 0)
    for name in ("001.wav", "005.wav", "011.wav", "013.wav"):
        changed(corpus / name)
    assert main(["extract", str(corpus), *GIVEN, "--out", str(out), "--update"]) == 1  # one is not audio
    told = capsys.readouterr().out
    assert "4 recordings have changed since the dataset was made: '001.wav' (other bytes than before)" in told
    assert "and 1 more; old rows were kept, --redo makes them again" in told
    assert "1 recording added since the last run" in told
    assert {name: data for name, data in shards(out).items() if name in before} == before
    with pytest.raises(vf.ParameterError, match=r"4 recordings have changed .*--redo"):
        extract_corpus(corpus, out, **ASKED)
    done = extract_corpus(corpus, out, redo=True, **ASKED)
    assert done.again >= 2 and done.changed == ()
    found = verify(vf.open_dataset(out), corpus)
    assert (found.equal, found.unequal, found.damaged) == (12, [], [])


def test_vanished_recordings_are_told_and_keep_their_rows(corpus, tmp_path, capsys):
    out = tmp_path / "out"
    extract_corpus(corpus, out, **ASKED)
    before = shards(out)
    come(corpus, 0)
    (corpus / "003.wav").unlink()
    (corpus / "007.wav").unlink()  # it was a line of the ledger
    given = ["extract", str(corpus), *GIVEN, "--out", str(out)]
    assert main(given) == 2
    assert "--update (update=True), which adds the new ones" in capsys.readouterr().err
    assert main([*given, "--update"]) == 1
    told = capsys.readouterr().out
    assert (
        "2 recordings of the dataset are no longer listed (the first by name: '003.wav', '007.wav')" in told
    )
    assert "their rows were kept" in told and shards(out).items() >= before.items()
    assert "003.wav" in vf.open_dataset(out).ids
    ledger = (out / "_failures.csv").rename(tmp_path / "ledger.csv")
    with pytest.raises(vf.ParameterError, match=r"_failures\.csv is missing"):
        extract_corpus(corpus, out, update=True, **ASKED)
    ledger.rename(out / "_failures.csv")
    assert main(given) == 1  # the list is known now
    assert verify(vf.open_dataset(out), corpus).absent == ["003.wav"]
    changed(corpus / "001.wav")  # in one shard with a recording that cannot be made again
    with pytest.raises(vf.ParameterError, match="1 of their recordings are no longer listed"):
        extract_corpus(corpus, out, redo=True, **ASKED)
    come(corpus, 3, 7)  # they are back
    done = extract_corpus(corpus, out, update=True, redo=True, **ASKED)
    assert (done.added, done.vanished, done.changed) == (0, 0, ())
    found = verify(vf.open_dataset(out), corpus)
    assert (found.equal, found.unequal, found.absent) == (12, [], [])


def test_labels_of_a_recording_do_not_make_it_another_one(corpus, tmp_path):
    listed, out = corpus / "list.csv", tmp_path / "out"
    listed.write_text("path,label\n001.wav,a\n003.wav,b\n")
    extract_corpus(read_manifest(listed), out, **ASKED)
    before = contents(out)
    listed.write_text("path,label\n001.wav,a\n003.wav,c\n005.wav,c\n")
    with pytest.raises(vf.ParameterError, match=r"1 of its recordings are listed with other .* '003\.wav'"):
        extract_corpus(read_manifest(listed), out, update=True, **ASKED)
    listed.write_text("path,label,take\n001.wav,a,1\n003.wav,b,2\n005.wav,c,3\n")
    with pytest.raises(vf.ParameterError, match=r"has the columns label \(string\), and the list has label"):
        extract_corpus(read_manifest(listed), out, update=True, **ASKED)
    with pytest.raises(vf.ParameterError, match="made in another way"):
        extract_corpus(read_manifest(listed), out, update=True, **{**ASKED, "settings": {"n_mfcc": 6}})
    assert contents(out) == before
    listed.write_text("path,label\n005.wav,c\n003.wav,b\n001.wav,a\n009.wav,\n")  # in any order
    assert extract_corpus(read_manifest(listed), out, update=True, **ASKED).added == 2
    dataset = vf.open_dataset(out)
    assert dataset.ids == ["001.wav", "003.wav", "005.wav", "009.wav"]
    assert dataset.column("label").tolist() == ["a", "b", "c", None]


def test_shards_that_are_not_ours_and_lost_records_are_no_victims_of_an_update(corpus, tmp_path):
    out = tmp_path / "out"
    extract_corpus(corpus, out, **ASKED)
    come(corpus, 0)
    other = out / "part-00099.parquet"
    other.write_bytes(b"mine")
    with pytest.raises(vf.ParameterError, match="is not a shard"):
        extract_corpus(corpus, out, update=True, **ASKED)
    assert other.read_bytes() == b"mine"
    other.unlink()
    records = (out / "_recordings.bin").read_bytes()
    (out / "_recordings.bin").write_bytes(records[:100])
    with pytest.raises(vf.ParameterError, match="lists 1 of 12 recordings"):
        extract_corpus(corpus, out, update=True, **ASKED)
    (out / "_recordings.bin").write_bytes(records)
    next(out.glob("part-00001.*")).unlink()  # a lost shard is made again by the same command
    done = extract_corpus(corpus, out, update=True, **ASKED)
    assert (done.again, done.added, done.recordings) == (1, 1, 12)
    assert not vf.open_dataset(out).damage()


def test_update_of_a_new_folder_is_a_first_run(corpus, tmp_path):
    done = extract_corpus(corpus, tmp_path / "out", update=True, **ASKED)
    extract_corpus(corpus, tmp_path / "plain", **ASKED)
    assert contents(tmp_path / "out") == contents(tmp_path / "plain") and done.added == 0


# --- the ledger ---------------------------------------------------------------------------------------


def failing(corpus):
    """Three of the recordings are no audio now; returns what they were."""
    names = ("003.wav", "011.wav", "023.wav")
    good = {name: (corpus / name).read_bytes() for name in names}
    for name in names:
        (corpus / name).write_text("no audio")
    return good


def test_recordings_of_the_ledger_are_tried_again(corpus, tmp_path, capsys):
    good, out = failing(corpus), tmp_path / "out"
    first = extract_corpus(corpus, out, **ASKED)
    assert (first.recordings, first.failed) == (8, 4)
    before = contents(out)
    done = extract_corpus(corpus, out, retry=True, **ASKED)  # none is better
    assert (done.tried, done.mended, done.run_recordings) == (4, 0, 0) and contents(out) == before
    for name in ("003.wav", "023.wav"):
        (corpus / name).write_bytes(good[name])
    with pytest.raises(
        vf.ParameterError,
        match=r"2 recordings have changed .*; they failed before, so try them "
        r"again .*--retry\)",
    ):
        extract_corpus(corpus, out, **ASKED)
    assert main(["extract", str(corpus), *GIVEN, "--out", str(out), "--retry"]) == 1
    assert "4 recordings of the ledger were tried again: 2 can be used now" in capsys.readouterr().out
    ledger = (out / "_failures.csv").read_text()
    assert "003.wav" not in ledger and "023.wav" not in ledger and "007.wav" in ledger and "011.wav" in ledger
    dataset = vf.open_dataset(out)
    assert {"003.wav", "023.wav"} <= set(dataset.ids) and len(dataset) == 10
    found = verify(dataset, corpus)
    assert (found.equal, found.unequal, found.damaged) == (10, [], [])
    assert extract_corpus(corpus, out, **ASKED).run_recordings == 0


def test_what_failed_for_want_of_a_library_is_mended_with_the_same_files(corpus, tmp_path, monkeypatch):
    from voicefeat.corpus.run import job

    def none(*given):
        raise vf.AudioError("x: there is no decoder; install one")

    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(job, "cut", none)
        assert extract_corpus(corpus, out, **ASKED).failed == 12
    assert extract_corpus(corpus, out, **ASKED).failed == 12  # nothing has changed: it is not tried
    done = extract_corpus(corpus, out, retry=True, **ASKED)
    assert (done.tried, done.mended, done.recordings, done.failed) == (12, 11, 11, 1)
    extract_corpus(corpus, tmp_path / "plain", **ASKED)
    assert {e.id: e.values.tobytes() for e in vf.open_dataset(out)} == {
        e.id: e.values.tobytes() for e in vf.open_dataset(tmp_path / "plain")
    }


@pytest.mark.parametrize("stop", range(10))
def test_a_retry_that_was_stopped_goes_on(stop, corpus, tmp_path, monkeypatch):
    good, out = failing(corpus), tmp_path / "out"
    extract_corpus(corpus, out, **ASKED)
    for name, data in good.items():
        (corpus / name).write_bytes(data)
    shutil.copytree(out, tmp_path / "whole")
    extract_corpus(corpus, tmp_path / "whole", retry=True, **ASKED)
    with stopped_at_rename(monkeypatch, out, stop):
        extract_corpus(corpus, out, retry=True, **ASKED)
    extract_corpus(corpus, out, retry=True, **ASKED)
    assert contents(out) == contents(tmp_path / "whole")
    assert verify(vf.open_dataset(out), corpus).equal == 11


def test_retry_and_update_together_and_changed_recordings(corpus, tmp_path):
    good, out = failing(corpus), tmp_path / "out"
    extract_corpus(corpus, out, **ASKED)
    come(corpus, 0, 2)
    (corpus / "003.wav").write_bytes(good["003.wav"])
    (corpus / "011.wav").write_text("still no audio")  # of other bytes: it is looked at anew
    changed(corpus / "021.wav")
    with pytest.raises(vf.ParameterError, match=r"1 recording has changed .* '021\.wav' .*--redo"):
        extract_corpus(corpus, out, update=True, retry=True, **ASKED)
    come(corpus, 21)
    os.utime(corpus / "021.wav", ns=(1, 1))  # the same bytes at another time
    done = extract_corpus(corpus, out, update=True, retry=True, **ASKED)
    assert (done.added, done.tried, done.mended, done.recordings, done.failed) == (2, 4, 1, 11, 3)
    assert verify(vf.open_dataset(out), corpus).equal == 11
    assert extract_corpus(corpus, out, **ASKED).run_recordings == 0
    Path(out / "_failures.csv").unlink()
    with pytest.raises(vf.ParameterError, match=r"_failures\.csv is missing; it lists 3 recordings"):
        extract_corpus(corpus, out, retry=True, **ASKED)
