"""Every example runs: those of the docstrings and, in the README and the manual, the ```python blocks and the
lines of ```sh blocks that call voicefeat.

A block that cannot run says so, with the reason: ```python no-run: needs a microphone. The blocks of one page
run one after the other in one namespace and in one empty folder, so that a page reads like a session.
"""

import contextlib
import doctest
import importlib
import io
import re
import shlex
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import voicefeat

PACKAGE = Path(voicefeat.__file__).parent
ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(
    ".".join(["voicefeat", *path.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if path.name != "__main__.py"
)
PAGES = [page for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if page.exists()]
BLOCK = re.compile(r"^( *)```(python|sh) *([^\n]*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def empty_folder(tmp_path, monkeypatch):
    """A working folder of its own, with the examples of the repository in it where they are."""
    monkeypatch.chdir(tmp_path)
    if (ROOT / "examples").is_dir():
        (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


@pytest.fixture
def threads_as_before():
    before = voicefeat.get_num_threads()
    yield
    voicefeat.set_num_threads(before)


@pytest.mark.usefixtures("empty_folder", "threads_as_before")
@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name):
    module = importlib.import_module(name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0, f"{result.failed} of {result.attempted} examples of {name} failed; see above"


def blocks(page):
    """(line, language, what else stands beside it, code) of every block of a page that can be run."""
    text = page.read_text(encoding="utf-8")
    for match in BLOCK.finditer(text):
        indent, language, info, code = match.groups()
        code = "".join(line.removeprefix(indent) for line in code.splitlines(keepends=True))
        yield text[: match.start()].count("\n") + 2, language, info.strip(), code


def run_commands(code, place):
    """The lines of a shell block that call voicefeat, with the interpreter of the tests."""
    for line in code.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] != ["voicefeat"]:
            continue
        ended = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True)
        assert ended.returncode == 0, f"{place}: {line}\n{ended.stdout}\n{ended.stderr}"


def run_session(code, place, namespace):
    """A block with prompts: what it prints is checked."""
    test = doctest.DocTestParser().get_doctest(code, namespace, place, place, 0)
    said = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    runner.run(test, out=said.write, clear_globs=False)
    namespace.update(test.globs)
    assert not runner.failures, f"{place}\n{said.getvalue()}"


@pytest.mark.usefixtures("empty_folder", "threads_as_before")
@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_page(page):
    namespace = {"__name__": "__main__"}
    for line, language, info, code in blocks(page):
        place = f"{page.name}:{line}"
        if info.startswith("no-run"):
            continue
        if language == "sh":
            run_commands(code, place)
        elif code.lstrip().startswith(">>>"):
            run_session(code, place, namespace)
        else:
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(compile("\n" * (line - 1) + code, str(page), "exec"), namespace)
            except Exception as error:
                pytest.fail(f"{place}: {type(error).__name__}: {error}\n{code}")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_block_that_does_not_run_says_why(page):
    for line, language, info, _ in blocks(page):
        plain = info == "" or re.fullmatch(r"no-run: \S.{9,}", info)
        assert plain, f"{page.name}:{line}: ```{language} {info}: write `no-run: ` and the reason, or nothing"


def test_the_pages_are_there():
    """A wheel is tested beside the repository: without its pages this file would test nothing."""
    assert (ROOT / "README.md") in PAGES


def test_a_wrong_block_is_noticed():
    """The checker itself: a session whose output differs fails."""
    with pytest.raises(AssertionError, match=r"page:1"):
        run_session(">>> 1 + 1\n3\n", "page:1", {})


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


def test_examples_compile():
    for script in (ROOT / "examples").rglob("*.py"):
        compile(script.read_text(encoding="utf-8"), str(script), "exec")


def test_the_table_of_front_ends_is_that_of_the_values():
    import frontends_page

    if not frontends_page.PAGE.is_file():
        pytest.skip("the manual is not beside the tests")
    told = "docs/frontends.md is not what the front ends are: run python tests/frontends_page.py --write"
    assert frontends_page.PAGE.read_text(encoding="utf-8") == frontends_page.page(), told


def test_the_tables_of_the_families_are_those_of_the_values():
    import family_pages

    if not family_pages.DOCS.is_dir():
        pytest.skip("the manual is not beside the tests")
    for path, (there, due) in family_pages.pages().items():
        assert there == due, f"docs/{path.name}: run python tests/frontends_page.py --write"


def test_costs_are_read_from_the_page_of_measurements():
    import family_pages

    rows = (
        "| front end a | 0.28 ms |  |  |  | 1.04 1.07 | torch 5.28, spafe 12.5 |",
        "| front end b (10 s) | 7 ms |  |  |  |  | torch failed |",
        "| mfcc | 1 ms | 2.0 (1.9 to 2.1) |  | 1e-07 |  | torch 3 |",
    )
    minute = "| front end a | 4 ms |  |  |  |  | spafe 120, torch 9 |"
    page = "\n".join(
        ["# P", "## One thread: one clip of 4 s at 16 kHz", *rows, "## One thread: 60 s", minute]
    )
    found = family_pages.costs(page)
    assert found == {"a": ["0.28 ms, 5.28 times", "4 ms, 9 times"], "b": ["7 ms (10 s)", ""]}
