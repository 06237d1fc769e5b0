"""Where the library has to work: fresh processes, forks, pools of threads and processes, read-only disks."""

import concurrent.futures
import multiprocessing
import os
import pathlib
import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest
from signals import speech

import voicefeat as vf
from voicefeat.chain import threads
from voicefeat.engine import jit

SR = 16000
PACKAGE = pathlib.Path(vf.__file__).parent
CALL = (
    "import numpy as np, voicefeat as vf; y = np.sin(np.arange(8000, dtype=np.float32));"
    "print(vf.rms(y, frame_length=512, hop_length=160).tobytes().hex())"
)
FOLDER = "; from voicefeat.engine import jit; print(jit.FOLDER)"


def features(seed=0):
    """A few features of one signal; module level, so that it can be sent to other processes."""
    y = np.roll(speech(SR)[: SR * 2], seed)
    return vf.mfcc(y, SR), vf.spectrogram(y, n_fft=512, hop_length=160), vf.chroma_stft(y, SR)


def threads_here(_=0):
    """The budget of the process that this runs in."""
    return vf.get_num_threads()


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def python(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """What the call prints, and a folder of kernels as the first process leaves it."""
    folder = tmp_path_factory.mktemp("kernels")
    return python(CALL, VOICEFEAT_CACHE_DIR=str(folder)), folder


@pytest.mark.processes
def test_kernels_are_kept_and_found_again(first):
    """An empty cache is filled by the first process and not written to by the second."""
    expected, folder = first
    kept = {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}
    assert {p.suffix for p in kept} == {".nbi", ".nbc"}
    assert python(CALL, VOICEFEAT_CACHE_DIR=str(folder)) == expected
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()} == kept


@pytest.mark.processes
def test_no_cache_can_be_written(tmp_path, first):
    """A file where the folder should be: everything works, only compiled anew."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    said = python(CALL + FOLDER, VOICEFEAT_CACHE_DIR=str(blocked)).splitlines()
    assert said == [first[0], "None"]


@pytest.mark.processes
def test_broken_cache_entries_are_compiled_again(tmp_path, first):
    """Files cut short by a full disk or a kill are not a reason to fail."""
    expected, folder = first
    shutil.copytree(folder, tmp_path / "broken")
    kernels = list((tmp_path / "broken").rglob("*.nb?"))
    assert kernels
    for path in kernels:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert python(CALL, VOICEFEAT_CACHE_DIR=str(tmp_path / "broken")) == expected


def copied(tmp_path):
    """The package in a folder of its own."""
    target = tmp_path / "site"
    shutil.copytree(PACKAGE, target / "voicefeat", ignore=shutil.ignore_patterns("__pycache__"))
    return target


@pytest.mark.processes
def test_read_only_install_that_was_warmed(tmp_path, first):
    """Kernels compiled when an image was built are used from a tree that cannot be written."""
    target = copied(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        "PYTHONPATH": str(target),
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home),
        "VOICEFEAT_CACHE_DIR": "",
    }
    assert python(CALL, **environment) == first[0]
    warmed = list(target.rglob("*.nbi"))
    assert warmed, "kernels are kept beside the source when that can be written"
    for folder in [target, *target.rglob("*")]:
        folder.chmod(0o555 if folder.is_dir() else 0o444)
    try:
        said = python(CALL + FOLDER, **environment).splitlines()
        assert said[0] == first[0] and str(target) in said[1]
        assert not list(home.rglob("*.nbi"))
    finally:
        for folder in [target, *target.rglob("*")]:
            folder.chmod(0o755)


@pytest.mark.processes
def test_an_edit_anywhere_in_the_engine_leaves_no_kernel_stale(tmp_path):
    """A changed constant in a file that kernels only use takes effect at once."""
    target = copied(tmp_path)
    environment = {"PYTHONPATH": str(target), "VOICEFEAT_CACHE_DIR": str(tmp_path / "cache")}
    code = (
        "import numpy as np, voicefeat as vf;"
        "print(vf.spectral_flatness(S=np.arange(1, 514, dtype=np.float32)[:, np.newaxis])[0, 0])"
    )
    before = float(python(code, **environment))
    source = target / "voicefeat" / "engine" / "lanemath.py"
    text = source.read_text()
    assert "y = (_log_single if" in text
    source.write_text(text.replace("y = (_log_single if", "y = f + (_log_single if"))
    after = float(python(code, **environment))
    assert abs(after - before) > 1e-4 and len(list(tmp_path.rglob("kernels-*"))) == 2


@pytest.mark.processes
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_after_fork(monkeypatch):
    """A child of a process whose threads were running computes the same, with threads of its own."""
    before = vf.get_num_threads()
    vf.set_num_threads(2)
    try:
        y = np.tile(speech(SR), 20)
        want = vf.mfcc(y, SR)  # starts the pool
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                vf.set_num_threads(2)
                os.write(write, b"same" if np.array_equal(vf.mfcc(y, SR), want) else b"different")
                status = 0
            finally:
                os._exit(status)
        os.close(write)
        with os.fdopen(read, "rb") as answer:
            assert answer.read() == b"same"
        assert os.waitpid(child, 0)[1] == 0
    finally:
        vf.set_num_threads(before)


@pytest.mark.processes
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_process_pools(method):
    """The same bits from workers, each with a budget of one thread."""
    context = multiprocessing.get_context(method)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        assert list(pool.map(threads_here, range(4))) == [1] * 4
        for seed, got in enumerate(pool.map(features, range(3))):
            assert same(got, features(seed))


@pytest.mark.processes
def test_joblib():
    """joblib's own workers."""
    joblib = pytest.importorskip("joblib")
    results = joblib.Parallel(n_jobs=2)(joblib.delayed(features)(seed) for seed in range(3))
    assert all(same(got, features(seed)) for seed, got in enumerate(results))
    assert joblib.Parallel(n_jobs=2)(joblib.delayed(threads_here)() for _ in range(2)) == [1, 1]


@pytest.mark.processes
def test_torch_loader():
    """Workers of a PyTorch DataLoader."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")

    class Recordings(torch.utils.data.Dataset):
        def __len__(self):
            return 4

        def __getitem__(self, i):
            return torch.from_numpy(features(i)[0])

    loader = torch.utils.data.DataLoader(Recordings(), batch_size=2, num_workers=2)
    got = torch.cat(list(loader)).numpy()
    assert all(np.array_equal(got[i], features(i)[0]) for i in range(4))


def test_many_threads_of_the_caller():
    """Calls from several threads at once, each starting threads of its own, give the same bits."""
    before = vf.get_num_threads()
    vf.set_num_threads(2)
    try:
        y = np.tile(speech(SR), 10)
        want = vf.mfcc(y, SR)
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            futures = [pool.submit(vf.mfcc, y, SR) for _ in range(12)]
            assert all(np.array_equal(future.result(), want) for future in futures)
    finally:
        vf.set_num_threads(before)


@pytest.mark.processes
def test_short_signals_start_no_thread():
    """And long ones only as many as the budget allows."""
    code = (
        "import threading, numpy as np, voicefeat as vf; vf.set_num_threads(3);"
        "vf.mfcc(np.zeros(48000, np.float32), 16000); print(threading.active_count());"
        "vf.mfcc(np.zeros(2_000_000, np.float32), 16000); print(threading.active_count() <= 3)"
    )
    assert python(code).split() == ["1", "True"]


@pytest.mark.processes
def test_thread_budget_comes_from_the_environment():
    code = "import voicefeat as vf; print(vf.get_num_threads())"
    assert python(code, VOICEFEAT_NUM_THREADS="3") == "3"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "VOICEFEAT_NUM_THREADS": "no"},
    )
    assert "VOICEFEAT_NUM_THREADS='no': must be a positive whole number" in done.stderr


def test_single_is_for_this_thread_alone():
    """Within `single` this thread's budget is one, and another thread's is not."""
    before = vf.get_num_threads()
    vf.set_num_threads(2)
    seen = []
    try:
        with threads.single():
            other = threading.Thread(target=lambda: seen.append(vf.get_num_threads()))
            other.start()
            other.join()
            assert vf.get_num_threads() == 1
        assert seen == [2] and vf.get_num_threads() == 2
    finally:
        vf.set_num_threads(before)


def test_an_error_in_a_thread_reaches_the_caller():
    def work(i):
        if i == 7:
            raise OSError("seven")

    with pytest.raises(OSError, match="seven"):
        threads.each(work, 50, 2)


@pytest.mark.processes
@pytest.mark.parametrize("lanes", ["3", "eight"])
def test_wrong_number_of_lanes(lanes):
    done = subprocess.run(
        [sys.executable, "-c", CALL],
        capture_output=True,
        text=True,
        env={**os.environ, "VOICEFEAT_LANES": lanes},
    )
    assert f"VOICEFEAT_LANES={lanes!r}: must be 4, 8 or 16" in done.stderr


def test_this_process_keeps_its_kernels():
    """The suite itself runs with a cache, or it would take minutes more."""
    assert jit.FOLDER is None or jit.FOLDER.name.startswith("kernels-")
