"""What `--quick` chooses: few cases, the same ones every time, and nothing that waits."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
CASES = """
import os
import subprocess
import pytest

@pytest.mark.parametrize("n", range(9))
def test_many(n):
    pass

@pytest.mark.every_case
@pytest.mark.parametrize("n", range(4))
def test_all(n):
    pass

class TestHere:
    @pytest.mark.parametrize("n", [0, pytest.param(1, marks=pytest.mark.slow), 2])
    def test_some(self, n):
        pass

@pytest.mark.slow
def test_slow():
    assert False

@pytest.mark.processes
def test_marked():
    subprocess.run(["true"])

def test_one():
    pass
"""
STARTS = """
import os
import subprocess
import multiprocessing
import pytest

def test_subprocess():
    with pytest.raises(OSError):
        subprocess.run(["nothing of this name"])

def test_fork():
    if os.fork() == 0:
        os._exit(0)

@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_multiprocessing(method):
    multiprocessing.get_context(method).Process(target=print).start()
"""


def run(folder, code, *words):
    """The lines that pytest prints of a folder with these tests and our conftest."""
    (folder / "test_here.py").write_text(code)
    (folder / "pytest.ini").write_text(
        f"[pytest]\npythonpath = {TESTS}\nmarkers =\n    slow\n    processes\n    every_case\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", "-q", *words]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True).stdout.splitlines()


@pytest.mark.processes
def test_a_few_cases_of_each_function(tmp_path):
    lines = run(tmp_path, CASES, "--quick", "--collect-only")
    chosen = [line.partition("::")[2] for line in lines if "::" in line]
    assert chosen == [
        "test_many[0]", "test_many[4]", *(f"test_all[{n}]" for n in range(4)),
        "TestHere::test_some[0]", "TestHere::test_some[2]", "test_one",
    ]  # fmt: skip
    assert sum("::" in line for line in run(tmp_path, CASES, "--collect-only")) == 9 + 4 + 3 + 3
    assert "9 passed, 10 deselected" in run(tmp_path, CASES, "--quick")[-1]


@pytest.mark.processes
def test_a_quick_test_that_starts_a_process_fails(tmp_path):
    lines = run(tmp_path, STARTS, "--quick")
    assert "4 failed" in lines[-1], lines
    assert sum("mark it with pytest.mark.processes" in line for line in lines) >= 4
