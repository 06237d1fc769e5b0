"""The site: every public name and every page of the manual is in it, and it builds without a warning."""

import importlib.util
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import public_names
import pytest

import voicefeat

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
if not (DOCS / "conf.py").is_file():
    pytest.skip("the manual is not beside the tests", allow_module_level=True)
sys.path.insert(0, str(DOCS))

from _ext import names, parity, record, reference  # noqa: E402

#: What the site is built with, in the extra `docs`.
BUILDERS = ("sphinx", "myst_parser", "numpydoc", "sphinx_gallery", "sphinx_design", "sphinx_copybutton")
#: What its gallery needs, in the same extra.
GALLERY = ("matplotlib", "pandas", "pyarrow", "sklearn")


def promised():
    """The public names as type checkers read them, and those that the rooms list."""
    stub = (Path(voicefeat.__file__).parent / "__init__.pyi").read_text(encoding="utf-8")
    modules = {name for name, module in voicefeat._modules().items() if not module}
    found = set(re.findall(r"\w+ as (\w+)", stub)) - modules
    for room in {*modules, *public_names.ROOMS}:
        found |= {f"{room}.{name}" for name in import_module(f"voicefeat.{room}").__all__}
    return found - {"corpus.inputs"}  # a module: its functions have pages


def test_every_public_name_has_a_page():
    pages = reference.pages()
    missing = [path for path in promised() if path not in names.by_path()]
    assert not missing, f"without a page in the reference: {missing}"
    for name in names.names().values():
        assert f".. {name.kind}:: voicefeat.{name.path}\n" in pages[f"{name.file}.rst"]


def test_functions_are_those_that_the_other_tests_know():
    assert set(public_names.functions()) <= set(names.by_path())


def test_every_name_is_in_one_group_and_listed():
    listed = [name.path for those in names.grouped().values() for name in those]
    assert len(listed) == len(set(listed)) and set(listed) == set(names.names())
    index = reference.pages()["index.rst"]
    assert all(f"<voicefeat.{path}>`" in index for path in listed)
    assert all(names.grouped().values()), "a group has no names"


def test_pages_are_told_apart_by_disks_that_ignore_case():
    files = ["index", *(g.file for g in names.GROUPS), *(n.file for n in names.names().values())]
    assert len({file.lower() for file in files}) == len(files)


def test_a_page_holds_the_tolerances_of_the_tests():
    page = reference.pages()["mfcc.rst"]
    rows = [row for row in parity.rows()["mfcc"] if parity.reference(row) == "librosa"]
    assert f"all {len(rows)} that are compared" in page
    assert f"- {max(row.float32 for row in rows):.1g}\n" in page
    assert "Agreement" not in reference.pages()["metrics.eer.rst"]


def test_a_page_holds_the_times_of_the_newest_record():
    cells = [cell for cell in record.newest()["cells"] if cell["feature"] == "mfcc"]
    page = reference.pages()["mfcc.rst"]
    assert cells and all(f"- {record.number(cell['ours'])} ms\n" in page for cell in cells)


def test_every_page_of_the_manual_has_its_place():
    guide = "".join(
        (DOCS / "site" / f"{name}.rst").read_text(encoding="utf-8") for name in ("guide", "development")
    )
    for page in DOCS.glob("*.md"):
        if page.stem not in ("index", "landing"):
            assert f"   ../{page.stem}\n" in guide, f"add ../{page.stem} to docs/site/guide.rst"


def test_docstrings_name_things_in_plain_backticks():
    """The site links them by itself; a role whose target has no page would stop its build."""
    roles = re.compile(r":(?:\w+:)?(?:mod|data|func|class|meth|attr|obj|exc):`[^`]*`")
    for path in Path(voicefeat.__file__).parent.rglob("*.py"):
        found = roles.findall(path.read_text(encoding="utf-8"))
        assert not found, f"{path.name}: {found[0]}: write the name in single backticks"


@pytest.mark.slow
@pytest.mark.processes
def test_the_site_builds_without_a_warning(tmp_path):
    for module in (*BUILDERS, *GALLERY):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"needs {module}; install the extra docs")
    command = [sys.executable, "-m", "sphinx", "-W", "-n", str(DOCS), str(tmp_path / "html")]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    index = (tmp_path / "html" / "searchindex.js").read_text(encoding="utf-8")
    assert all(word in index for word in ('"lfcc"', '"frame"', '"length"'))
