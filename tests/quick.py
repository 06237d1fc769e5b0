"""What ``pytest --quick`` runs: a few cases of each test function; none starts a process or takes long.

Which cases these are depends on nothing but the list of all cases. Three marks change it: ``slow`` and
``processes`` leave a test to the full run, and ``every_case`` keeps all its cases. Those of `test_docs.py`
that hold each public function to its own examples are kept so: a quick run calls every public function.
"""

import os
import sys
from itertools import groupby
from multiprocessing.process import BaseProcess

import pytest

#: How many cases of a test function are run.
CASES = 2
#: What Python tells its audit hooks before a process is started.
STARTED = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system"}
#: Programs that Python and audioread ask about the system and its libraries, or whether they are there.
ASKED = {"uname", "ldconfig", "lscpu", "gcc", "cc", "ld", "ffmpeg", "avconv"}
TOLD = "the test starts a process: mark it with pytest.mark.processes, so that --quick leaves it out"


def function_of(item):
    """A test's name without its parameters."""
    return item.nodeid.partition("[")[0]


def few(cases):
    """Of a test function's cases the first and one from the middle, or all where it says so."""
    if any(case.get_closest_marker("every_case") for case in cases):
        return list(cases)
    return [cases[len(cases) * k // CASES] for k in range(min(CASES, len(cases)))]


def choose(items):
    """The cases that a quick run has, and those that it leaves out; both in the order in which they came."""

    def waits(item):
        return item.get_closest_marker("slow") or item.get_closest_marker("processes")

    rest = sorted((item for item in items if not waits(item)), key=function_of)
    chosen = {case for _, cases in groupby(rest, function_of) for case in few(list(cases))}
    return [item for item in items if item in chosen], [item for item in items if item not in chosen]


def no_processes():
    """From now on starting a process fails the test that does so."""

    def listen(event, args):
        if event in STARTED and os.path.basename(os.fsdecode(args[0] if args else "")) not in ASKED:
            pytest.fail(TOLD)

    def start(process):
        pytest.fail(TOLD)

    sys.addaudithook(listen)
    BaseProcess.start = start
