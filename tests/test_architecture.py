"""The shape of the code: which way imports point, how large things are, what public names come with."""

import ast
import importlib
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import public_names
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
    ["streaming"],
    ["presets"],
    ["corpus", "metrics", "augment", "plot"],
    ["cli", "__main__"],
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
#: The same within the largest room.
CORPUS = [
    ["items", "optional", "checksums", "ordered_map", "inputs"],
    ["formats"],
    ["output"],
    ["run"],
    ["dataset"],
    ["table"],
    ["report"],
]
CORPUS_LEVEL = {name: level for level, names in enumerate(CORPUS) for name in names}
#: Lines of code: docstrings, comments and blank lines are not counted. Kernels are read closer.
FILE_LINES, KERNEL_LINES, FUNCTION_LINES = 400, 200, 60

PUBLIC = [(module, name) for name, module in voicefeat._modules().items() if module]


class Source:
    """One file of the package, read once."""

    def __init__(self, path, text):
        self.text, self.tree = text, ast.parse(text)
        self.shown = path.relative_to(PACKAGE).as_posix()
        #: The file or package directly below `voicefeat` that it belongs to.
        self.unit = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        self.code_lines = code_lines(self.tree, text)
        self.imports = list(
            imported(["voicefeat", *path.relative_to(PACKAGE).with_suffix("").parts], self.tree)
        )


def imported(here, tree):
    """(line, dotted path below voicefeat or None, top-level package) of every import, wherever it stands."""
    for node in ast.walk(tree):
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


def code_lines(tree, text):
    """The numbers of the lines of a file that hold code: no docstring, no comment, no blank line."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    words = set()
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            words.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    lines = enumerate(text.splitlines(), 1)
    return [n for n, line in lines if line.strip() and not line.lstrip().startswith("#") and n not in words]


def imports_point_down(file):
    if file.unit == "__init__":  # the front door names every room
        return
    if file.unit not in LEVEL:
        yield f"is on no layer: add {file.unit} to LAYERS"
        return
    for line, target, top in file.imports:
        other = (target or "").split(".")[0]
        if top == "voicefeat" and LEVEL.get(other, 0) > LEVEL[file.unit]:
            yield f"line {line} imports {other}, which is above {file.unit}"


def imports_of_the_corpus_point_down(file):
    room, *inner = file.shown.removesuffix(".py").split("/")
    if room != "corpus" or inner == ["__init__"]:
        return
    if inner[0] not in CORPUS_LEVEL:
        yield f"is on no layer: add {inner[0]} to CORPUS"
        return
    for line, target, _ in file.imports:
        parts = (target or "").split(".")
        if parts[0] == "corpus" and CORPUS_LEVEL.get(parts[1], 0) > CORPUS_LEVEL[inner[0]]:
            yield f"line {line} imports corpus.{parts[1]}, which is above corpus.{inner[0]}"


def numba_stays_in_the_engine(file):
    if file.unit != "engine" and {top for _, _, top in file.imports} & {"numba", "llvmlite"}:
        yield "imports numba"


def the_engine_knows_arrays_only(file):
    for line, target, top in file.imports:
        if file.unit == "engine" and top == "voicefeat" and target and target.split(".")[0] != "engine":
            yield f"line {line} imports {target}"


def only_what_is_declared_is_imported(file):
    declared = {"numpy", "scipy", "numba", "soundfile", "soxr", "voicefeat", "llvmlite"}  # the last by numba
    optional = {
        "audio": {"miniaudio"},
        "corpus": {"pyarrow", "tqdm", "pandas", "h5py", "zarr"},
        "plot": {"matplotlib"},
    }
    allowed = declared | optional.get(file.unit, set()) | set(sys.stdlib_module_names)
    for line, _, top in file.imports:
        if top not in allowed:
            yield f"line {line} imports {top}, which pyproject.toml does not declare for it"


def size(file):
    most = KERNEL_LINES if file.unit == "engine" else FILE_LINES
    if (lines := len(file.code_lines)) > most:
        yield f"has {lines} lines of code, more than {most}"
    for node in ast.walk(file.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            # A function begins where its body does: arguments on lines of their own are easily read.
            count = sum(node.body[0].lineno <= line <= node.end_lineno for line in file.code_lines)
            if count > FUNCTION_LINES:
                yield f"line {node.lineno}: {node.name} has {count} lines of code, more than {FUNCTION_LINES}"


def says_what_it_is(file):
    if file.text.strip() and not ast.get_docstring(file.tree):
        yield "has no docstring"


#: What holds for every file: each rule gives the faults that it finds.
RULES = [
    imports_point_down,
    imports_of_the_corpus_point_down,
    numba_stays_in_the_engine,
    the_engine_knows_arrays_only,
    only_what_is_declared_is_imported,
    size,
    says_what_it_is,
]


def faults(file):
    return [f"{file.shown}: {fault}" for rule in RULES for fault in rule(file)]


def test_every_file():
    found = [fault for path in SOURCES for fault in faults(Source(path, path.read_text(encoding="utf-8")))]
    assert len(SOURCES) > 100
    assert not found, "\n".join(found)


LONG = "def long():\n" + "    x = 1\n" * 61


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        ("chain/a.py", '"""A."""\nfrom ..feature import registry\n', "line 2 imports feature, which is"),
        ("feature/pitch/a.py", '"""A."""\nfrom ...corpus.run import x\n', "imports corpus, which is above"),
        ("newroom/a.py", '"""A."""\n', "is on no layer"),
        ("chain/a.py", '"""A."""\ndef f():\n    import numba\n', "imports numba"),
        ("engine/a.py", '"""A."""\nfrom .. import errors\n', "line 2 imports errors"),
        ("corpus/items.py", '"""A."""\nimport matplotlib\n', "line 2 imports matplotlib, which pyproject"),
        ("chain/a.py", '"""A."""\n' + "x = 1\n" * 401, "has 401 lines of code, more than 400"),
        ("engine/a.py", '"""A."""\n' + "x = 1\n" * 201, "has 201 lines of code, more than 200"),
        ("chain/a.py", f'"""A."""\n{LONG}', "line 2: long has 61 lines of code"),
        ("chain/a.py", "x = 1\n", "has no docstring"),
        ("chain/a.py", '"""A.\n' + "words\n" * 500 + '"""\n' + "# words\n\n" * 500 + "x = 1\n", ""),
    ],
)  # fmt: skip
def test_a_fault_of_a_file_is_noticed(path, text, fault):
    found = faults(Source(PACKAGE / path, text))
    assert len(found) == bool(fault) and all(fault in one for one in found)


#: What a test could fail by on a machine that is busy; `explained` tells how long it took, and nothing asks.
CLOCKS = {"perf_counter", "perf_counter_ns", "process_time", "process_time_ns", "monotonic", "monotonic_ns"}
CLOCKS |= {"thread_time", "timeout", "timeit"}


def test_no_files_import_each_other():
    """Not by way of others either, nor inside a function or for type checkers alone."""
    names = {path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", "."): path for path in SOURCES}
    graph = {}
    for name, path in names.items():
        if path.name == "__init__.py":  # shows names of its files, each loaded when it is first used
            continue
        found = {target for _, target, top in Source(path, path.read_text()).imports if target}
        graph[name] = {n for n in names for t in found if t == n or t.rpartition(".")[0] == n} - {name}
    assert len(graph) > 200
    assert list(TopologicalSorter(graph).static_order()), "there is an order in which each is read once"


def test_no_test_depends_on_how_busy_the_machine_is():
    """No limit of time, and no clock: what takes long is seen by whoever waits, and says nothing wrong."""
    found = []
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "arg", None)
            name = node.name if isinstance(node, ast.alias) else name
            if name in CLOCKS and not isinstance(node, ast.arg) and path.name != "explained.py":
                found.append(f"{path.name}:{getattr(node, 'lineno', 0)}: {name}")
    assert not found, "\n".join(found)


def described(text):
    """The parameters that a docstring describes."""
    section = re.search(r"Parameters\n-+\n(.*?)(\n\n\w+\n-+\n|\Z)", text, re.DOTALL)
    heads = re.findall(r"(?m)^(\*{0,2}\w[\w, *]*?)(?: :.*)?$", section[1]) if section else []
    return {part.strip(" *") for head in heads for part in head.split(",")}


def faults_of(function):
    """What a public function's docstring lacks."""
    text = inspect.getdoc(function) or ""
    summary = text.split("\n\n")[0]
    if "\n" in summary or not summary.endswith("."):
        yield f"the summary is no line that ends with a full stop: {summary!r}"
    sections = set(re.findall(r"(?m)^ *(\w+)\n *-{3,}$", text))
    parameters = inspect.signature(function).parameters
    due = {"Examples"} | ({"Parameters"} if parameters else set())
    due |= {"Returns"} if function is not voicefeat.set_num_threads else set()
    if re.search(r"\b(check_int|check_float|check_choice|fail|signal)\(", inspect.getsource(function)):
        due.add("Raises")
    yield from (f"no section {name}" for name in sorted(due - sections))
    yield from (f"{name} is not described" for name in parameters if name not in described(text))


def test_every_public_function():
    functions = public_names.functions()
    assert {"mfcc", "filters.mel", "plot.det", "metrics.eer", "augment.codec"} <= functions.keys()
    found = [f"{name}: {fault}" for name, function in functions.items() for fault in faults_of(function)]
    assert not found, "\n".join(found)


def test_a_fault_of_a_docstring_is_noticed():
    def function(a, *, b=1):
        """Has two
        lines

        Parameters
        ----------
        a : int
            One.
        """
        signal(a)  # noqa: F821

    assert [fault.split(":")[0] for fault in faults_of(function)] == [
        "the summary is no line that ends with a full stop",
        "no section Examples",
        "no section Raises",
        "no section Returns",
        "b is not described",
    ]


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


@pytest.mark.processes
def test_names_are_found_in_an_archive(tmp_path):
    archive = shutil.make_archive(tmp_path / "archive", "zip", PACKAGE.parent, "voicefeat")
    code = "import voicefeat as vf; print(vf.__file__, vf.hz_to_mel(200.0), 'mfcc' in dir(vf))"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": archive}, cwd=tmp_path,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.split()[1:] == ["3.0", "True"] and "archive.zip" in done.stdout, done.stderr


def test_a_star_import_gives_every_public_name():
    names = {}
    exec("from voicefeat import *", names)
    assert {*voicefeat.__all__} == {*names} - {"__builtins__"}


def test_a_name_is_where_its_room_says():
    for room, name in PUBLIC:
        module = importlib.import_module(f"voicefeat.{room}")
        assert getattr(voicefeat, name) is getattr(module, name), name
        assert name in getattr(module, "__all__", [name]), name
        assert name in dir(voicefeat), name


def test_features_are_found_where_librosa_has_them():
    listed = set(voicefeat.feature.__all__)
    assert FEATURES.keys() | {"delta", "stack_memory", "yin"} <= listed <= set(dir(voicefeat.feature))
    assert not listed & {path.stem for path in (PACKAGE / "feature").iterdir()}, "a file has the name"
    for name in listed:
        assert getattr(voicefeat.feature, name) is getattr(voicefeat, name)
    assert "mfcc" not in vars(voicefeat.feature), "the package looks it up, once"
    with pytest.raises(AttributeError, match=r"voicefeat\.feature.* no attribute 'mfc'"):
        voicefeat.feature.mfc  # noqa: B018
    names = {}
    exec("from voicefeat.feature import *", names)
    assert names.keys() - {"__builtins__"} == listed


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


WINDOWS = ("hann", "hamming", "blackman", "boxcar", "povey")
#: What is run one after the other in a fresh process, lightest first, and what may not be loaded by then.
HEAVY = {
    "numba",
    "llvmlite",
    "scipy",
    "soundfile",
    "soxr",
    "pyarrow",
    "librosa",
    "pandas",
    "tqdm",
    "matplotlib",
}
HEAVY |= {"h5py", "zarr"}
STEPS = {
    "import voicefeat": HEAVY,
    "voicefeat.feature.__all__": HEAVY,
    "voicefeat.hz_to_mel(440.0)": HEAVY,
    f"[voicefeat.filters.get_window(w, 400) for w in {WINDOWS}]": {"scipy"},
}


@pytest.mark.processes
def test_what_is_loaded_when():
    """Importing loads neither numba nor scipy, and common windows do without scipy."""
    code = "import json, sys\n" + "".join(f"{step}\nprint(json.dumps(list(sys.modules)))\n" for step in STEPS)
    here = [sys.executable, "-c", code]
    ended = subprocess.run(here, capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    for line, (step, banned) in zip(ended.stdout.splitlines(), STEPS.items(), strict=True):
        assert not {name.split(".")[0] for name in json.loads(line)} & banned, step


def test_every_feature_is_certified_and_timed():
    """Each entry of the registry has a row of the parity table and one of the benchmarks."""
    from parity import ROWS

    assert not FEATURES.keys() - {row.call for row in ROWS}, "no row in tests/parity.py"
    assert not FEATURES.keys() - set(voicefeat.__all__), "not among the public names"
    if not (ROOT / "benchmarks" / "rows.py").exists():
        pytest.skip("the benchmarks are not here")
    sys.path.insert(0, str(ROOT))
    try:
        timed = {row.feature for row in importlib.import_module("benchmarks.rows").ROWS}
    finally:
        sys.path.remove(str(ROOT))
    assert not FEATURES.keys() - timed, "no row in benchmarks/families"


def test_settings_name_what_the_function_takes():
    for feature in FEATURES.values():
        parameters = inspect.signature(feature.function).parameters
        assert next(iter(parameters)) == "y"
        for name in feature.settings:
            assert parameters[name].kind is inspect.Parameter.KEYWORD_ONLY, f"{feature.name}: {name}"
