"""Where compiled kernels are kept: no reason to fail, and nothing is run that others could have put there."""

import os
import pickle
import stat
import subprocess
import sys
import warnings
from contextlib import contextmanager

import pytest

from voicefeat.engine import keeping

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows tells nothing of owners and rights")

KEY = "0123456789abcdef"
#: Two users who are not root and have nothing here.
ONE, OTHER = 65534, 65533
root = pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can become another user")


#: The first call of a feature with the fewest kernels.
CALL = "import numpy as np, voicefeat as vf; found = vf.zero_crossing_rate(np.ones(4096, np.float32))"


@contextmanager
def acting_as(user):
    """Everything is done by this user; back to root at the end."""
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def umask(mask):
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A folder that VOICEFEAT_CACHE_DIR names, in one that anybody may enter."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and not folder.stat().st_mode & 0o011:
            folder.chmod(0o711)
    chosen = tmp_path / "chosen"
    monkeypatch.setenv("VOICEFEAT_CACHE_DIR", str(chosen))
    return chosen


def filled(cache):
    """The folder of kernels with two files in it, as a first process leaves it."""
    folder = keeping.kept(KEY).folder
    for name in ("kernel.py311.nbi", "kernel.py311.1.nbc"):
        (folder / name).write_bytes(b"")
        (folder / name).chmod(keeping.FILE)
    assert keeping.kept(KEY) == (folder, "")
    return folder


def rights(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("mask", [0o000, 0o002, 0o022, 0o777])
def test_made_for_the_user_alone_whatever_the_umask(cache, mask):
    with umask(mask):
        folder = keeping.kept(KEY).folder
    assert folder == cache.resolve() / "voicefeat" / f"kernels-{KEY}"
    assert [rights(p) for p in (cache, folder.parent, folder)] == [0o700] * 3


@pytest.mark.processes
@pytest.mark.parametrize("mask", [0o000, 0o002, 0o777])
def test_kernels_are_written_for_the_user_alone_whatever_the_umask(tmp_path, mask):
    code = f"import os; os.umask({mask}); {CALL}"
    environment = {**os.environ, "VOICEFEAT_CACHE_DIR": str(tmp_path / "new")}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert {p.suffix for p in files} == {".nbi", ".nbc"}
    assert {rights(p) for p in files} == {0o644}
    assert {rights(p) for p in (tmp_path / "new").rglob("*") if p.is_dir()} == {0o700}


def test_installed_kernels_may_be_read_by_everybody(tmp_path, monkeypatch):
    """What root compiles when an image is built is run by others; they may not write."""
    monkeypatch.delenv("VOICEFEAT_CACHE_DIR", raising=False)
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr(keeping, "__file__", str(tmp_path / "keeping.py"))
    with umask(0):
        folder = keeping.kept(KEY).folder
    assert folder == tmp_path.resolve() / "__pycache__" / f"kernels-{KEY}"
    assert rights(folder) == 0o755


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o770, 0o777, 0o1777])
@pytest.mark.parametrize("above", [0, 1, 2])
def test_where_others_may_write_nothing_is_run(cache, mode, above):
    """In the folder itself, and as far up as the one that was named; /tmp's sticky bit is for those above."""
    folder = filled(cache)
    place = [folder, *folder.parents][above]
    place.chmod(mode)
    if above and mode & stat.S_ISVTX:
        assert keeping.kept(KEY).folder == folder
        return
    found, why = keeping.kept(KEY)
    assert found is None
    assert why == f"others may write to {place} (mode {mode:04o})"


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
@pytest.mark.parametrize("ending", ["nbi", "nbc"])
def test_a_file_that_others_may_write_is_not_run(cache, mode, ending):
    folder = filled(cache)
    (file,) = folder.glob(f"*.{ending}")
    file.chmod(mode)
    assert keeping.kept(KEY) == (None, f"others may write to {file} (mode {mode:04o})")


def test_a_link_is_no_kernel(cache, tmp_path):
    folder = filled(cache)
    (file,) = folder.glob("*.nbc")
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert keeping.kept(KEY) == (None, f"{file} is not a regular file")


def test_a_group_may_write_above_where_nobody_can_enter(tmp_path, monkeypatch):
    """~/.cache made with umask 002, in a home that is closed."""
    home = tmp_path / "home"
    (home / ".cache").mkdir(parents=True)
    monkeypatch.delenv("VOICEFEAT_CACHE_DIR", raising=False)
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setattr(keeping, "__file__", str(tmp_path / "none" / "keeping.py"))
    (tmp_path / "none").write_text("no folder")
    (home / ".cache").chmod(0o775)
    home.chmod(0o700)
    assert keeping.kept(KEY).folder == (home / ".cache" / "voicefeat").resolve() / f"kernels-{KEY}"


def test_in_tmp_as_it_is_everywhere(cache, tmp_path):
    tmp_path.chmod(0o1777)
    assert keeping.kept(KEY).folder is not None


@root
class TestAnotherUser:
    def test_a_folder_of_theirs(self, cache):
        """Planted before the first call, closed or open: nothing in it is run."""
        folder = filled(cache)
        for place in (folder, folder.parent, cache):
            os.chown(place, OTHER, OTHER)
            with acting_as(ONE):
                assert keeping.kept(KEY).folder is None
            os.chown(place, 0, 0)
        assert keeping.kept(KEY).folder == folder

    def test_root_runs_nothing_of_a_user(self, cache):
        folder = filled(cache)
        for file in folder.iterdir():
            os.chown(file, OTHER, OTHER)
            found, why = keeping.kept(KEY)
            assert (found, why) == (None, f"{file} belongs to another user ({OTHER})")
            os.chown(file, 0, 0)

    def test_what_root_compiled_is_used(self, cache):
        folder = filled(cache)
        for place in (folder, folder.parent, cache):
            place.chmod(0o755)
        with acting_as(ONE):
            assert keeping.kept(KEY).folder == folder

    def test_a_home_that_may_not_be_entered(self, tmp_path, monkeypatch, cache):
        """su without a new HOME: kernels are compiled in memory."""
        home = tmp_path / "home"
        home.mkdir(0o700)
        monkeypatch.delenv("VOICEFEAT_CACHE_DIR")
        monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setattr(keeping, "__file__", str(tmp_path / "there" / "keeping.py"))
        (tmp_path / "there").mkdir()
        with acting_as(ONE):
            assert keeping.kept(KEY) == (None, "")
        for place in (home / ".cache" / "voicefeat", home / ".cache"):
            place.mkdir(0o700, parents=True, exist_ok=True)
            with acting_as(ONE):
                assert keeping.kept(KEY) == (None, "")

    @pytest.mark.processes
    def test_a_folder_made_anew_by_another_is_left_alone(self, tmp_path):
        """After the probe a cleaner removed it, and somebody made theirs, with an index that runs."""
        mark = tmp_path / "run"
        code = f"""
import os, pickle, shutil
from voicefeat.engine import jit
indices = list(jit.FOLDER.glob("*.nbi"))
shutil.rmtree(jit.FOLDER); os.mkdir(jit.FOLDER, 0o755)
class Planted:
    def __reduce__(self):
        return open, ({str(mark)!r}, "w")
for index in indices:
    index.write_bytes(pickle.dumps(Planted()))
os.chown(jit.FOLDER, {OTHER}, {OTHER})
{CALL}
print(bool(indices) and sorted(os.listdir(jit.FOLDER)) == sorted(index.name for index in indices))
"""
        environment = {**os.environ, "VOICEFEAT_CACHE_DIR": str(tmp_path / "kept")}
        subprocess.run([sys.executable, "-c", CALL], env=environment, check=True)
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
        )
        assert done.stdout.strip() == "True"
        assert not mark.exists()


CLOSED = """
import os
def closed(real):
    def call(path, *more, **named):
        place = "" if isinstance(path, int) else os.fsdecode(path)
        if place.startswith(os.environ["VOICEFEAT_CACHE_DIR"] + "/"):
            raise PermissionError(13, "Permission denied", path)
        return real(path, *more, **named)
    return call
for name in ("stat", "lstat", "mkdir", "scandir", "listdir", "open"):
    setattr(os, name, closed(getattr(os, name)))
"""


@pytest.mark.processes
def test_every_feature_works_beside_a_folder_that_may_not_be_entered(tmp_path):
    """End to end, for all users: the system says no to whatever is asked of the folder."""
    code = f"{CLOSED}\n{CALL}\nfrom voicefeat.engine import jit\nprint(jit.FOLDER, found.shape)"
    environment = {**os.environ, "VOICEFEAT_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("None (1, 9)", "")


def planted(folder, mark):
    """Every index of a filled folder opens a file when it is read."""

    class Planted:
        def __reduce__(self):
            return open, (str(mark), "w")

    for file in folder.glob("*.nbi"):
        file.write_bytes(pickle.dumps(Planted()))


@pytest.mark.processes
def test_a_planted_kernel_is_not_run_and_said(tmp_path):
    """End to end: the call works, a warning says why it compiles, and the planted file was not read."""
    environment = {**os.environ, "VOICEFEAT_CACHE_DIR": str(tmp_path / "kept")}
    code = (
        "import numpy as np, voicefeat as vf; print(vf.zero_crossing_rate(np.ones(4096, np.float32)).sum())"
    )

    def call():
        return subprocess.run(
            [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
        )

    want = call()
    assert want.stderr == ""
    (folder,) = (tmp_path / "kept" / "voicefeat").iterdir()
    planted(folder, tmp_path / "run")
    folder.chmod(0o777)
    got = call()
    assert got.stdout == want.stdout
    assert not (tmp_path / "run").exists()
    assert "compiled kernels are not kept" in got.stderr
    assert f"others may write to {folder.resolve()} (mode 0777)" in got.stderr
    folder.chmod(0o700)  # the same file is read where it is trusted: the test would see it
    call()
    assert (tmp_path / "run").exists()


@pytest.mark.processes
def test_numba_is_not_led_elsewhere(tmp_path):
    """NUMBA_CACHE_LOCATOR_CLASSES names folders that nobody checked."""
    environment = {
        **os.environ,
        "VOICEFEAT_CACHE_DIR": str(tmp_path / "kept"),
        "NUMBA_CACHE_DIR": str(tmp_path / "numba"),
        "NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator",
    }
    code = CALL
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert list((tmp_path / "kept").rglob("*.nbi"))
    assert not (tmp_path / "numba").exists()


@pytest.mark.parametrize(
    "fault", [OSError, RuntimeError, ValueError, UnicodeEncodeError("a", "b", 0, 1, "c")]
)
def test_whatever_goes_wrong_the_answer_is_no(cache, monkeypatch, fault):
    def broken(*given, **named):
        raise fault

    filled(cache)
    with warnings.catch_warnings(), monkeypatch.context() as patched:
        warnings.simplefilter("error")
        patched.setattr(os, "scandir", broken)
        found = keeping.kept(KEY)
    assert found == (None, "")
