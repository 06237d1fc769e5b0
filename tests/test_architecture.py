"""The shape of the code: which way imports point, how large things are, what public names come with."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import voicefeat
from voicefeat.feature.registry import FEATURES

PACKAGE = Path(voicefeat.__file__).parent
ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(PACKAGE.rglob("*.py"))

#: From below to above; an import may point down, or stay on its line. Files of one line know each other.
LAYERS = [
    ["errors", "cache", "_typing"],
    ["files", "units"],
    ["audio", "filters"],
    ["engine"],
    ["chain"],
    ["feature"],
    ["presets"],
    ["corpus", "metrics", "augment", "plot"],
    ["cli", "__main__"],
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
#: Lines of code: docstrings, comments and blank lines are not counted. Kernels are read closer.
FILE_LINES, KERNEL_LINES, FUNCTION_LINES = 400, 200, 60

PUBLIC = [(module, name) for name, module in voicefeat._modules().items() if module]
FUNCTIONS = [name for _, name in PUBLIC if inspect.isfunction(getattr(voicefeat, name))]
FUNCTIONS += [f"filters.{name}" for name in voicefeat.filters.__all__]
FUNCTIONS += [f"plot.{name}" for name in voicefeat.plot.__all__]
for home in ("augment", "metrics"):
    room = getattr(voicefeat, home)
    FUNCTIONS += [f"{home}.{name}" for name in room.__all__ if inspect.isfunction(getattr(room, name))]


def shown(path):
    return path.relative_to(PACKAGE).as_posix()


def unit(path):
    """The file or package directly below `voicefeat` that a file belongs to."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported(path):
    """(line, dotted path below voicefeat or None, top-level package) of every import, wherever it stands."""
    here = ["voicefeat", *path.relative_to(PACKAGE).with_suffix("").parts]
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level] if node.level else []
            base = [*above, *filter(None, [node.module])]
            names = [".".join([*base, alias.name]) for alias in node.names]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("import_module", "__import__"):
            names = [a.value for a in node.args[:1] if isinstance(a, ast.Constant)]
        for name in names:
            top, *rest = name.split(".")
            yield node.lineno, ".".join(rest) if top == "voicefeat" else None, top


def code_lines(tree, source):
    """How many lines of a file or function hold code: no docstring, no comment, no blank line."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    words = set()
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            words.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    lines = enumerate(source.splitlines(), 1)
    # A function begins where its body does: arguments on lines of their own are easily read.
    first = 1 if isinstance(tree, ast.Module) else tree.body[0].lineno
    last = getattr(tree, "end_lineno", None) or len(source)
    held = (n for n, line in lines if line.strip() and not line.lstrip().startswith("#"))
    return sum(1 for n in held if first <= n <= last and n not in words)


@pytest.mark.parametrize("path", SOURCES, ids=shown)
class TestEveryFile:
    def test_imports_point_down(self, path):
        mine = unit(path)
        if mine == "__init__":
            pytest.skip("the front door names every room")
        assert mine in LEVEL, f"{shown(path)} is on no layer: add {mine} to LAYERS"
        for line, target, top in imported(path):
            if top != "voicefeat" or not target:
                continue
            other = target.split(".")[0]
            if other in LEVEL:
                wrong = f"{shown(path)}:{line} imports {other}, which is above {mine}"
                assert LEVEL[other] <= LEVEL[mine], wrong

    def test_numba_stays_in_the_engine(self, path):
        tops = {top for _, _, top in imported(path)}
        if unit(path) != "engine":
            assert not tops & {"numba", "llvmlite"}, f"{shown(path)} imports numba"

    def test_only_what_is_declared_is_imported(self, path):
        declared = {
            "numpy",
            "scipy",
            "numba",
            "soundfile",
            "soxr",
            "voicefeat",
            "llvmlite",
        }  # the last by numba
        optional = {"corpus": {"pyarrow", "tqdm", "pandas", "h5py", "zarr"}, "plot": {"matplotlib"}}
        allowed = declared | optional.get(unit(path), set()) | set(sys.stdlib_module_names)
        assert {top for _, _, top in imported(path)} <= allowed

    def test_size(self, path):
        most = KERNEL_LINES if unit(path) == "engine" else FILE_LINES
        source = path.read_text()
        lines = code_lines(ast.parse(source), source)
        assert lines <= most, f"{shown(path)} has {lines} lines of code, more than {most}"
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                count = code_lines(node, source)
                assert count <= FUNCTION_LINES, f"{shown(path)}: {node.name} has {count} lines of code"

    def test_says_what_it_is(self, path):
        source = path.read_text()
        if source.strip():
            assert ast.get_docstring(ast.parse(source)), f"{shown(path)} has no docstring"


#: What a test could fail by on a machine that is busy; `explained` tells how long it took, and nothing asks.
CLOCKS = {"perf_counter", "perf_counter_ns", "process_time", "process_time_ns", "monotonic", "monotonic_ns"}
CLOCKS |= {"thread_time", "timeout"}


@pytest.mark.parametrize("path", sorted(Path(__file__).parent.glob("*.py")), ids=lambda path: path.name)
def test_no_test_depends_on_how_busy_the_machine_is(path):
    """No limit of time, and no clock: what takes long is seen by whoever waits, and says nothing wrong."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "arg", None)
        if name in CLOCKS and not isinstance(node, ast.arg):
            found.append(f"{path.name}:{getattr(node, 'lineno', 0)}: {name}")
    assert not found or path.name == "explained.py"


def test_the_engine_knows_arrays_only():
    for path in (PACKAGE / "engine").glob("*.py"):
        for line, target, top in imported(path):
            if top == "voicefeat" and target:
                assert target.split(".")[0] == "engine", f"{shown(path)}:{line} imports {target}"


@pytest.mark.parametrize("name", FUNCTIONS)
class TestEveryPublicFunction:
    def function(self, name):
        home, _, name = name.rpartition(".")
        return getattr(getattr(voicefeat, home) if home else voicefeat, name)

    def sections(self, name):
        return set(re.findall(r"(?m)^ *(\w+)\n *-{3,}$", inspect.getdoc(self.function(name)) or ""))

    def test_summary_is_one_line(self, name):
        summary = inspect.getdoc(self.function(name)).split("\n\n")[0]
        assert "\n" not in summary
        assert summary.endswith("."), summary

    def test_sections(self, name):
        function, sections = self.function(name), self.sections(name)
        assert "Examples" in sections
        if inspect.signature(function).parameters:
            assert "Parameters" in sections
        if name not in ("set_num_threads",):
            assert "Returns" in sections

    def test_every_parameter_is_described(self, name):
        function = self.function(name)
        text = inspect.getdoc(function)
        described = re.search(r"Parameters\n-+\n(.*?)(\n\n\w+\n-+\n|\Z)", text, re.DOTALL)
        heads = re.findall(r"(?m)^(\*{0,2}\w[\w, *]*?)(?: :.*)?$", described[1]) if described else []
        named = {part.strip(" *") for head in heads for part in head.split(",")}
        for parameter in inspect.signature(function).parameters:
            assert parameter in named, f"{name}: {parameter} is not described"

    def test_errors_are_described(self, name):
        function = self.function(name)
        if re.search(r"\b(check_int|check_float|check_choice|fail|signal)\(", inspect.getsource(function)):
            assert "Raises" in self.sections(name)


def test_the_stub_is_read_as_type_checkers_read_it():
    """`__init__.py` reads lines of text, where a type checker reads Python: an import of each public name."""
    listed, other = {}, []
    for node in ast.parse((PACKAGE / "__init__.pyi").read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            assert all(alias.asname == alias.name for alias in node.names), "no `as`, not public"
            listed.update({alias.name: node.module or "" for alias in node.names})
        else:
            other.append(ast.unparse(node))
    assert voicefeat._modules() == listed
    assert voicefeat.__all__ == [*listed, "__version__"]
    assert other == ["__version__: str"]
    assert (PACKAGE / "py.typed").exists()


def test_a_star_import_gives_every_public_name():
    names = {}
    exec("from voicefeat import *", names)
    assert {*voicefeat.__all__} == {*names} - {"__builtins__"}


@pytest.mark.parametrize(("room", "name"), PUBLIC)
def test_a_name_is_where_its_room_says(room, name):
    module = importlib.import_module(f"voicefeat.{room}")
    assert getattr(voicefeat, name) is getattr(module, name)
    assert name in getattr(module, "__all__", [name])
    assert name in dir(voicefeat)


def test_no_function_shares_a_name_with_a_room():
    """`voicefeat.X` is either a public name or what lies directly below `voicefeat`, not both."""
    rooms = {path.stem for path in PACKAGE.iterdir()}
    assert {"chain", "feature", "errors"} <= rooms
    assert not rooms & {name for _, name in PUBLIC}


def test_no_two_rooms_have_the_same_name():
    names = [name for _, name in PUBLIC]
    assert len(names) == len(set(names))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="mfc"):
        voicefeat.mfc  # noqa: B018


def loaded_after(statement):
    code = f"import sys; {statement}; print(' '.join(sys.modules))"
    here = [sys.executable, "-c", code]
    ended = subprocess.run(here, capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    return {name.split(".")[0] for name in ended.stdout.split()}


def test_importing_loads_neither_numba_nor_scipy():
    heavy = {"numba", "llvmlite", "scipy", "soundfile", "soxr", "pyarrow", "librosa", "pandas", "tqdm"}
    heavy |= {"matplotlib", "h5py", "zarr"}
    assert not loaded_after("import voicefeat") & heavy
    assert not loaded_after("import voicefeat; voicefeat.hz_to_mel(440.0)") & heavy


def test_common_windows_do_without_scipy():
    windows = "('hann', 'hamming', 'blackman', 'boxcar', 'povey')"
    loop = f"for window in {windows}: voicefeat.filters.get_window(window, 400)"
    assert "scipy" not in loaded_after(f"import voicefeat\n{loop}\nimport sys")


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_is_certified_and_timed(name):
    """Each entry of the registry has a row of the parity table and one of the benchmarks."""
    from parity import ROWS

    assert any(row.call == name for row in ROWS), f"{name} has no row in tests/parity.py"
    assert name in voicefeat.__all__, f"{name} is not among the public names"
    if not (ROOT / "benchmarks" / "rows.py").exists():
        pytest.skip("the benchmarks are not here")
    sys.path.insert(0, str(ROOT))
    try:
        timed = {row.feature for row in importlib.import_module("benchmarks.rows").ROWS}
    finally:
        sys.path.remove(str(ROOT))
    assert name in timed, f"{name} has no row in benchmarks/families"


def test_settings_name_what_the_function_takes():
    for feature in FEATURES.values():
        parameters = inspect.signature(feature.function).parameters
        assert next(iter(parameters)) == "y"
        for name in feature.settings:
            assert parameters[name].kind is inspect.Parameter.KEYWORD_ONLY, f"{feature.name}: {name}"
