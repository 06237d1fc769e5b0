"""What every test may ask for, and a first line that says what the tests ran with."""

from importlib import import_module, metadata

import pytest
from signals import data_dir


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
