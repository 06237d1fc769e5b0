"""Faults that are not the recordings': of the machine, of the log's disk, and what others have planted."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from corpora import contents, noises

import voicefeat as vf
from voicefeat.corpus.formats import FORMATS, find_format
from voicefeat.corpus.output.state import State
from voicefeat.corpus.run.extract import extract_corpus
from voicefeat.corpus.run.run import Run

pytest.importorskip("pyarrow", reason='needs pip install ".[corpus]"')

ASKED = {"feature": "mfcc", "settings": {"n_mfcc": 5}, "shard_mb": 0.01}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Forty noises, one of them no audio."""
    return noises(tmp_path_factory.mktemp("corpus") / "in", 40, 30, 4000, 50)


@pytest.fixture(scope="module")
def whole(corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "out"
    extract_corpus(corpus, folder, **ASKED)
    return contents(folder)


#: As many files as are open already, and a few more: the dataset's own, and hardly a recording.
SPARE = range(2, 9)
FEW_FILES = """
import json, os, resource, sys, voicefeat as vf, numpy as np
from voicefeat.corpus.run.extract import extract_corpus

import voicefeat.corpus.formats.parquet, pyarrow.parquet, soundfile, soxr
vf.mfcc(np.zeros(4000, np.float32))
limits = resource.getrlimit(resource.RLIMIT_NOFILE)
found = {}
for spare in map(int, sys.argv[3:]):
    taken = [os.open(os.devnull, os.O_RDONLY) for _ in range(64)]
    for handle in taken: os.close(handle)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(taken) - 63 + spare, limits[1]))
    try:
        out = f"{sys.argv[2]}/{spare}"
        extract_corpus(sys.argv[1], out, "mfcc", settings={"n_mfcc": 5}, shard_mb=0.01, workers=4)
    except OSError as error:
        found[spare] = error.errno
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def few_files(corpus, tmp_path_factory):
    """A folder of runs with few files to open, one after the other, and which error ended which of them."""
    folder = tmp_path_factory.mktemp("few")
    command = [sys.executable, "-c", FEW_FILES, str(corpus), str(folder), *map(str, SPARE)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder, {int(spare): number for spare, number in json.loads(done.stdout).items()}


@pytest.mark.processes
@pytest.mark.skipif(sys.platform == "win32", reason="limits of open files are those of POSIX")
def test_too_few_open_files_fail_no_recording(corpus, whole, few_files):
    folder, errors = few_files
    assert errors, "all runs had enough"
    for spare in SPARE:
        assert errors.get(spare, errno.EMFILE) == errno.EMFILE, spare
        out = folder / str(spare)
        state = State.load(out) if out.is_dir() else None
        assert state is None or state.complete == (spare not in errors), spare
        extract_corpus(corpus, out, **ASKED)
        assert contents(out) == whole, spare


NO_FILES = """
import os, resource, sys, voicefeat as vf
vf.load(sys.argv[1])
taken = os.dup(0)
os.close(taken)
resource.setrlimit(resource.RLIMIT_NOFILE, (taken, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
try:
    vf.load(sys.argv[1])
except OSError as error:
    print(type(error).__name__, error.errno)
"""


@pytest.mark.processes
@pytest.mark.skipif(sys.platform == "win32", reason="limits of open files are those of POSIX")
def test_no_open_file_left_is_the_systems_own_error(corpus):
    done = subprocess.run(
        [sys.executable, "-c", NO_FILES, str(corpus / "000.wav")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.split() == ["OSError", str(errno.EMFILE)], done.stderr


@pytest.mark.parametrize("fault", [MemoryError(), OSError(errno.ESTALE, "Stale file handle")], ids=repr)
@pytest.mark.parametrize("workers", [1, 3])
def test_faults_that_pass_stop_the_run_and_it_goes_on(corpus, whole, tmp_path, monkeypatch, fault, workers):
    from voicefeat.corpus.run import job

    cut = job.cut

    def failing(source, *rest):
        if source.path.endswith("025.wav"):
            raise fault
        return cut(source, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(job, "cut", failing)
        with pytest.raises(
            OSError, match=r"not a fault of this recording; .*, and run the same call"
        ) as told:
            extract_corpus(corpus, tmp_path / "out", workers=workers, **ASKED)
    assert told.value.filename.endswith("025.wav")
    assert told.value.errno == (errno.ENOMEM if isinstance(fault, MemoryError) else fault.errno)
    assert not State.load(tmp_path / "out").complete
    done = extract_corpus(corpus, tmp_path / "out", **ASKED)
    assert (done.recordings, done.failed) == (38, 2)
    assert contents(tmp_path / "out") == whole


@pytest.mark.processes
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_full_disk_of_the_log_is_told_and_the_run_goes_on(corpus, whole, tmp_path):
    with pytest.warns(
        UserWarning, match="log='/dev/full': cannot be written any more .No space left on device"
    ):
        extract_corpus(corpus, tmp_path / "out", log="/dev/full", **ASKED)
    assert contents(tmp_path / "out") == whole


def test_a_log_that_cannot_be_made_is_refused_by_its_name(corpus, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(vf.ParameterError, match=r"log='.*file/run.jsonl': cannot be written"):
        extract_corpus(corpus, tmp_path / "out", log=tmp_path / "file" / "run.jsonl", **ASKED)


@pytest.mark.parametrize("form", FORMATS)
def test_no_name_of_a_dataset_follows_a_link(form, corpus, tmp_path, monkeypatch):
    """Links at every name that a run writes aside, made before it and while it runs, lead nowhere."""
    pytest.importorskip({"hdf5": "h5py", "zarr": "zarr"}.get(form, "numpy"))
    out, mine = tmp_path / "out", tmp_path / "mine"
    mine.write_text("mine")
    (tmp_path / "folder").mkdir()
    out.mkdir()
    target = mine if find_format(form).ending not in ("", ".zarr") else tmp_path / "folder"

    def plant():
        aside = out / f".part-00000{find_format(form).ending}.partial"
        aside.unlink(missing_ok=True)
        aside.symlink_to(target)
        for name in ("._state.json.partial", "_failures.csv"):
            (out / name).unlink(missing_ok=True)
            (out / name).symlink_to(mine)

    go = Run.go

    def planted(self, *rest):
        plant()
        return go(self, *rest)

    monkeypatch.setattr(Run, "go", planted)
    plant()
    done = extract_corpus(corpus, out, "mfcc", format=form, summary=["mean"])
    assert (done.recordings, done.failed) == (38, 2)
    assert mine.read_text() == "mine"
    assert not list((tmp_path / "folder").iterdir())
    assert not [p for p in out.rglob("*") if p.is_symlink()]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_no_table_follows_a_link(ending, tmp_path):
    for name in ("REAL", "FAKE"):
        (tmp_path / "in").mkdir(exist_ok=True)
        noises(tmp_path / "in" / name, 2, 30, 30000, 0)
    mine = tmp_path / "mine"
    mine.write_text("mine")
    for name in (f".t.{ending}.partial", f"t.{ending}.failures.csv"):
        (tmp_path / name).symlink_to(mine)
    from voicefeat.corpus.table.table import make_table

    done = make_table(tmp_path / "in", tmp_path / f"t.{ending}")
    assert done.recordings == 4 and not done.file.is_symlink()
    assert mine.read_text() == "mine"
    assert not list(tmp_path.glob(".*"))


def test_no_statistics_follow_a_link(tmp_path):
    mine = tmp_path / "mine"
    mine.write_text("mine")
    for name in (".means.json.partial", "means.json.partial"):
        (tmp_path / name).symlink_to(mine)
    gathered = vf.CorpusStatistics.of(np.ones((2, 3)))
    gathered.save(tmp_path / "means.json")
    assert mine.read_text() == "mine"
    assert vf.CorpusStatistics.load(tmp_path / "means.json") == gathered


def test_two_runs_never_write_one_table(tmp_path):
    from voicefeat.files.temporary import Aside

    first, second = Aside(tmp_path / "t.csv"), Aside(tmp_path / "t.csv")
    first.claim()
    with pytest.raises(vf.ParameterError, match="another run is writing it"):
        second.claim()
    with first.open("w") as file:
        file.write("first")
    first.commit()
    assert (tmp_path / "t.csv").read_text() == "first"
    second.claim()
    second.discard()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.csv"]


@pytest.mark.parametrize("where", ["external storage", "external link", "soft link", "virtual"])
def test_an_hdf5_shard_reads_nothing_but_itself(where, corpus, tmp_path):
    h5py = pytest.importorskip("h5py")
    extract_corpus(corpus, tmp_path / "out", "mfcc", format="hdf5")
    shard = tmp_path / "out" / "part-00000.h5"
    secret = tmp_path / "secret"
    secret.write_bytes(os.urandom(4096))
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["values"] = np.zeros(1000, np.float32)
    with h5py.File(shard, "r+") as file:
        del file["values"]
        if where == "external storage":
            external = [(str(secret), 0, 4000)]
            file.create_dataset("values", (1000,), np.float32, external=external)
        elif where == "external link":
            file["values"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "/values")
        elif where == "soft link":
            file["values"] = h5py.SoftLink("/columns/values")
        else:
            layout = h5py.VirtualLayout(shape=(1000,), dtype=np.float32)
            layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "values", shape=(1000,))
            file.create_virtual_dataset("values", layout)
    with pytest.raises(vf.ParameterError, match=r"is not a shard of a dataset \(.*values"):
        find_format("hdf5").read(shard)
