"""What every test may ask for, and a first line that says what the tests ran with."""

import os
import tempfile
from importlib import import_module, metadata

import pytest
import quick
from signals import data_dir

if os.environ.get("PYTEST_XDIST_WORKER"):
    # librosa keeps what numba compiles of it in one folder. Workers that fill it at the same time have
    # crashed in kernels read from there, so each has one of its own; ours are kept where they always are.
    OWN = tempfile.TemporaryDirectory(prefix="librosa-kernels-")
    import_module("numba").config.CACHE_DIR = OWN.name


def pytest_addoption(parser):
    parser.addoption(
        "--quick",
        action="store_true",
        help="a few cases of each test function, and none that starts a process or takes seconds",
    )


def pytest_configure(config):
    if config.getoption("quick") and not getattr(
        config.option, "numprocesses", None
    ):  # workers are processes
        quick.no_processes()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    if config.getoption("quick"):
        items[:], left = quick.choose(items)
        config.hook.pytest_deselected(items=left)


def pytest_report_header():
    versions = []
    for name in ("numpy", "scipy", "numba", "librosa", "soundfile", "soxr"):
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            versions.append(f"no {name}")
    versions.append(f"libsndfile {import_module('soundfile').__libsndfile_version__}")
    folder = data_dir()
    found = f"recordings in {folder}" if folder else "NO RECORDINGS: tests of real files are skipped"
    return [", ".join(versions), found]


@pytest.fixture(scope="session")
def data():
    """The folder of recordings and reference arrays; the test is skipped where there is none."""
    folder = data_dir()
    if folder is None:
        pytest.skip("needs the folder of recordings; set VOICEFEAT_DATA to it")
    return folder
