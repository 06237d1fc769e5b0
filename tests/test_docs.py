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

import public_names
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


def examples(name):
    """The docstrings of a module that have examples."""
    return [test for test in doctest.DocTestFinder().find(importlib.import_module(name)) if test.examples]


def run_examples(tests):
    """Run docstrings; an example that prints something else, or warns, fails."""
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for test in tests:
            runner.run(test)
    assert runner.failures == 0, f"{runner.failures} of {runner.tries} examples failed; see above"


FUNCTIONS = public_names.functions()
#: By the name of its docstring as doctest has it; a function may be public by two paths.
DOCUMENTED = {f"{f.__module__}.{f.__qualname__}": f for f in FUNCTIONS.values()}


@pytest.mark.usefixtures("empty_folder", "threads_as_before")
def test_docstrings():
    """Of all modules, what `test_a_functions_examples` does not run."""
    tests = [test for name in MODULES for test in examples(name) if test.name not in DOCUMENTED]
    assert len(tests) > 20
    run_examples(tests)


class Called:
    """While it is entered, whether an example itself calls the function."""

    def __init__(self, function):
        self.code, self.found = function.__code__, False

    def __enter__(self):
        self.before = sys.getprofile()
        sys.setprofile(self.look)
        return self

    def __exit__(self, *error):
        sys.setprofile(self.before)

    def look(self, frame, event, arg):
        if event == "call" and frame.f_code is self.code:
            self.found = frame.f_back.f_code.co_filename.startswith("<doctest")
            if self.found:
                sys.setprofile(self.before)


@pytest.mark.every_case
@pytest.mark.usefixtures("empty_folder", "threads_as_before")
@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_functions_examples(name):
    """Each public function is called by its own examples, which print what they say; also with --quick."""
    module = sys.modules[DOCUMENTED[name].__module__]
    finder = doctest.DocTestFinder(recurse=False)
    tests = finder.find(DOCUMENTED[name], name, module, vars(module).copy())
    with Called(DOCUMENTED[name]) as called:
        run_examples(tests)
    assert called.found, f"no example of {name} calls it"


def test_a_function_that_no_example_calls_is_noticed():
    def function():
        return 3

    def other():
        return function()

    for code, found in ((">>> function()\n3\n", True), (">>> other()\n3\n", False)):
        names = {"function": function, "other": other}
        with Called(function) as called:
            run_examples([doctest.DocTestParser().get_doctest(code, names, "here", "here", 0)])
        assert called.found is found


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


@pytest.mark.processes
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


#: voicefeat is on no index: pip finds it in a checkout alone, as ".[extra]".
FROM_AN_INDEX = re.compile(r"""pip["']? +install +(-\S+ +)*["']?voicefeat\b""")


def test_nobody_is_told_to_install_from_an_index():
    written = [path for folder in ("src", "examples", "tests") for path in (ROOT / folder).rglob("*.py")]
    written += [*PAGES, *(ROOT / "examples").rglob("*.md"), *ROOT.glob("CONTRIBUTING.md")]
    found = [str(path) for path in written if FROM_AN_INDEX.search(path.read_text(encoding="utf-8"))]
    assert not found, found
    wrong = "pip" + " install voicefeat", "pip" + ' install -U "voicefeat[plot]"'
    assert all(map(FROM_AN_INDEX.search, wrong))
    assert not FROM_AN_INDEX.search('pip install ".[plot]", which voicefeat needs')


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
