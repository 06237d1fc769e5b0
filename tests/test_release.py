"""What a release consists of: one version everywhere, and all files at the top of the archive."""

import re
import tomllib
from pathlib import Path

import pytest

import voicefeat

ROOT = Path(__file__).resolve().parents[1]
if not (ROOT / "CITATION.cff").is_file():
    pytest.skip("the repository is not beside the tests", allow_module_level=True)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_one_version():
    cited = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    assert cited[1] == PROJECT["project"]["version"] == voicefeat.__version__


def test_the_archive_has_every_text_of_the_root():
    packed = set(PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"])
    texts = {path.name for path in (*ROOT.glob("*.md"), *ROOT.glob("*.cff"), ROOT / "LICENSE")}
    assert texts <= packed


def test_the_changelog_says_which_numbers_changed():
    """Every release has the section; the page promises it."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert releases
    for release in releases:
        assert "### Numbers" in release, release.splitlines()[0]
