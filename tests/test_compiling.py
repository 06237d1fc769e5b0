"""How kernels are compiled: the parts of numba that are used, and what else it compiles stays as it was."""

import ast
import gc
import importlib
import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
from numba.core import codegen, config

from voicefeat.chain import tables
from voicefeat.chain.frames import Frames
from voicefeat.engine import compiling, fft, garbage, jit, notice, rows, simd, spectrum

ENGINE = Path(compiling.__file__).parent
#: Attributes of numba's objects that these files use, by the object that has them.
OBJECTS = {
    "library": {"_codegen", "_final_module", "_finalized", "_get_module_for_linking", "name"},
    "generator": {"_data_layout", "_engine", "_module_pass_manager", "magic_tuple", "set_env"},
    "engine": {"_defined_symbols"},
    "dispatcher": {"_cache"},
    "cache": {"_impl", "_cache_file", "_index_key", "_load_overload", "_save_overload", "cache_path"},
    "implementation": {"_locator", "_lineno", "_filename_base"},
}
BEGINS = int(numba.__version__.split(".")[1]) >= 62  # compiling as described begins with this version


def compiled(kernel):
    """What numba has of a kernel that was called."""
    return next(iter(kernel.overloads.values()))


def copy_rows(kernel, dtype):
    """Two of four rows of one group of frames, by `put_rows`."""
    n = simd.lanes(np.dtype(dtype).itemsize)
    tiles, out = np.arange(4 * n, dtype=dtype), np.zeros(2 * n, dtype)
    kernel(tiles, 4, 2, n, n, out, 0, n)
    assert np.array_equal(out, tiles[: 2 * n])


@pytest.fixture(scope="module")
def copied():
    """A kernel that was compiled or loaded for one signature."""
    kernel = jit.kernel(rows.put_rows.py_func)
    copy_rows(kernel, np.float32)
    return kernel


@pytest.mark.skipif(not BEGINS, reason="numba before 0.62 compiles kernels as it compiles everything")
def test_numba_has_every_name():
    """A name that is gone does not fail: kernels would be compiled as slowly as before, without a word."""
    assert compiling.missing() == []
    assert compiling.TOGETHER


def test_a_missing_name_is_found(monkeypatch):
    monkeypatch.setattr(
        compiling, "NAMES", {"numba.core.codegen": ["JITCodeLibrary.gone"], "numba.gone": ["x"]}
    )
    assert compiling.missing() == ["numba.core.codegen.JITCodeLibrary.gone", "numba.gone.x"]


@pytest.mark.parametrize("file", sorted(path.name for path in ENGINE.glob("*.py")))
def test_what_the_engine_takes_from_numba_is_there(file):
    """Every attribute of a module of numba or llvmlite, in every file of the engine."""
    tree = ast.parse((ENGINE / file).read_text(encoding="utf-8"))
    modules = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                if name.name.split(".")[0] in ("numba", "llvmlite"):
                    bound = name.asname or name.name.split(".")[0]
                    modules[bound] = importlib.import_module(name.name if name.asname else bound)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("numba", "llvmlite"):
            for name in node.names:
                modules[name.asname or name.name] = getattr(importlib.import_module(node.module), name.name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            assert hasattr(modules[node.value.id], node.attr), f"{node.value.id}.{node.attr}"


def test_private_attributes_are_watched(copied):
    """What `compiling` and `jit` use of numba's objects is in `OBJECTS` or `NAMES`, and is there."""
    used, own = set(), set()
    for file in ("compiling.py", "jit.py"):
        for node in ast.walk(ast.parse((ENGINE / file).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                used.add(node.attr)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                own.add(node.name)
    listed = {name.split(".")[-1] for names in compiling.NAMES.values() for name in names}
    watched = listed.union(*OBJECTS.values())
    assert {name for name in used if name.startswith("_") and not name.startswith("__")} <= (
        watched | own | {"_impl_class"}
    )
    found = compiled(copied)
    objects = {
        "library": found.library,
        "generator": found.target_context.codegen(),
        "engine": found.target_context.codegen()._engine,
        "dispatcher": copied,
    }
    if jit.FOLDER is not None:
        objects |= {"cache": copied._cache, "implementation": copied._cache._impl}
    for name, thing in objects.items():
        assert [x for x in OBJECTS[name] if not hasattr(thing, x)] == [], name


def test_the_native_function_can_be_reached(copied):
    """By its address, without Python's wrapper, whether the kernel was compiled here or loaded."""
    found = compiled(copied)
    assert found.library.get_pointer_to_function(found.fndesc.llvm_func_name)


@pytest.mark.processes
def test_a_loaded_kernel_needs_neither_the_compiler_nor_the_modules_of_what_it_calls(tmp_path):
    """The second process loads what the first stored, and the native function is there as well."""
    code = """
import sys, numpy as np, voicefeat as vf
vf.mfcc(np.zeros(8000, np.float32), 16000)
from voicefeat.engine import spectrum
(found,) = spectrum.power_bins.overloads.values()
print(bool(found.library.get_pointer_to_function(found.fndesc.llvm_func_name)))
print([m for m in ("numba.np.arrayobj", "numba.cpython.unicode", "scipy.linalg") if m in sys.modules])
"""
    environment = {**os.environ, "VOICEFEAT_CACHE_DIR": str(tmp_path)}
    said = [
        subprocess.run(
            [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
        )
        for _ in range(2)
    ]
    assert [each.stdout.splitlines()[0] for each in said] == ["True", "True"]
    assert said[0].stdout.splitlines()[1] != "[]" and said[1].stdout.splitlines()[1] == "[]"


@pytest.mark.processes
@pytest.mark.parametrize(
    "setting", ["NUMBA_OPT", "NUMBA_LOOP_VECTORIZE", "NUMBA_SLP_VECTORIZE", "NUMBA_BOUNDSCHECK"]
)
def test_another_setting_has_other_kernels(tmp_path, setting):
    code = "from voicefeat.engine import jit; print(jit.FOLDER.name)"
    names = set()
    for value in ("0", "1"):
        environment = {**os.environ, "VOICEFEAT_CACHE_DIR": str(tmp_path), setting: value}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
        )
        names.add(done.stdout)
    assert len(names) == 2


@pytest.mark.processes
def test_a_loaded_kernel_can_be_called_by_others(tmp_path):
    """Its instructions are read when another kernel that calls it by its name is compiled."""
    code = """
import numba, numpy as np
from voicefeat.engine import frames, simd

lanes = simd.lanes(4)

@numba.njit
def both(a, b):
    return frames.finite(a, lanes, 1.0), frames.finite(b, lanes, 1.0)

y = np.ones(100, np.float32)
print(frames.finite(y, lanes, 1.0), both(y, np.full_like(y, np.nan)), bool(frames.finite._cache_hits))
"""
    environment = {**os.environ, "VOICEFEAT_CACHE_DIR": str(tmp_path)}
    said = [
        subprocess.run(
            [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
        )
        for _ in range(2)
    ]
    assert [each.stdout.split() for each in said] == [
        ["True", "(True,", "False)", "False"],
        ["True", "(True,", "False)", "True"],
    ]


def test_kernels_have_only_the_radices_of_their_table():
    """A table says by its type which radices are compiled; every pass of it is among them."""
    assert fft.radix_table([8, 8, 4], 4).dtype == np.int32
    assert fft.radix_table([8, 5], 4).dtype == np.uint32
    assert fft.radix_table([8, 3], 4).dtype == fft.radix_table([2], 1).dtype == np.int64
    for n_fft in range(4, 1026, 2):
        frames = Frames.make(n_fft, 64, n_fft, "hann", True, "constant")
        made = tables.transform(frames, 64, np.dtype(np.float32))
        if made is not None:
            kind = numba.from_dtype(made.radices.dtype)
            assert set(made.radices.tolist()) <= set(fft.RADICES[kind])
            assert kind == numba.int64 or 4 * made.part == n_fft // 2


def test_signatures_have_files_of_their_own(copied):
    """Two processes that compile one kernel for two types at once write no file of each other."""
    if jit.FOLDER is None:
        pytest.skip("nothing is kept here")
    before = copied._cache._cache_file._index_path
    copy_rows(copied, np.float64)
    after = copied._cache._cache_file._index_path
    assert before != after and Path(before).exists() and Path(after).exists()


@pytest.mark.skipif(not BEGINS, reason="numba before 0.62 compiles kernels as it compiles everything")
def test_the_users_functions_are_compiled_as_before():
    """Between two compilations of kernels, numba's settings and its own libraries are what they were."""
    settings = (repr(config.OPT), config.LOOP_VECTORIZE, config.SLP_VECTORIZE)

    @jit.inner_kernel
    def half(x):
        return x / 2

    @jit.kernel
    def quarter(x):
        return half(half(x))

    @numba.njit
    def own(x):
        return quarter(x) + 1.0

    assert own(2.0) == 1.5 and quarter(2) == 0.5
    assert type(compiled(own).library) is codegen.JITCodeLibrary
    assert (repr(config.OPT), config.LOOP_VECTORIZE, config.SLP_VECTORIZE) == settings


@pytest.mark.parametrize("function", [fft.transform, spectrum.power_frames])
def test_what_only_kernels_call_is_an_ordinary_function(function):
    """Python's own call has no machine code behind it, and is told so at the first operation on lanes."""
    assert not hasattr(function, "overloads")
    with pytest.raises(TypeError, match="works inside kernels only"):
        z, i = np.zeros(256, np.float32), np.zeros(8, np.int32)
        arguments = {"radices": np.array([4]), "offsets": i, "part": 4, "column": 0, "at": 0}
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        function(*[arguments.get(name, z) for name in names])


@pytest.mark.parametrize("enabled", [True, False])
def test_collection_is_as_it_was(enabled):
    """Also after an error."""
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        with pytest.raises(OSError), garbage.no_collection():
            assert not gc.isenabled()
            raise OSError
        assert gc.isenabled() == enabled
    finally:
        (gc.enable if before else gc.disable)()


@pytest.mark.parametrize("frozen", [False, True])
def test_what_is_kept_counts_as_old(frozen):
    """And can be collected all the same; what the program has frozen stays frozen."""
    gc.collect()
    before = gc.isenabled()
    try:
        gc.enable()
        if frozen:
            gc.freeze()
        count = gc.get_freeze_count()
        with garbage.no_collection(kept=True):
            circle = [{} for _ in range(2000)]
            circle.append(circle)
        assert gc.get_freeze_count() == count
        old = any(x is circle for x in gc.get_objects(generation=2))
        assert old == (not count)  # Python 3.12 itself has frozen some
        del circle
        assert gc.collect() >= 1
    finally:
        gc.unfreeze()
        (gc.enable if before else gc.disable)()


#: Two kernels are compiled, which call a function.
COMPILE = """
import numpy as np
from voicefeat.engine import jit, notice
notice.LIMIT = {limit}
inner = jit.inner_kernel(lambda x: x + 1)
for y in (np.ones(3), np.ones(3, np.float32)):
    assert jit.kernel(lambda x: inner(x[0]))(y) == 2
"""


def errors_of(code, folder, terminal=False, **environment):
    """What a process writes to standard error, which is a terminal or a pipe."""
    environment = {**os.environ, "VOICEFEAT_CACHE_DIR": str(folder), **environment}
    command = [sys.executable, "-c", code]
    if not terminal:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return done.stderr.splitlines()
    ours, theirs = pytest.importorskip("pty").openpty()
    with os.fdopen(ours, "rb", buffering=0) as reader:
        subprocess.run(command, env=environment, stderr=theirs, check=True)
        os.close(theirs)
        try:
            return reader.read(4096).decode().splitlines()
        except OSError:  # how Linux tells that the other side is closed and nothing was written
            return []


@pytest.mark.processes
@pytest.mark.parametrize(
    ("limit", "terminal", "variable", "lines"),
    [
        (0, True, {}, 1), (0, False, {}, 0), (1e9, True, {}, 0),
        (0, False, {"VOICEFEAT_COMPILE_NOTICE": "1"}, 1), (1e9, False, {"VOICEFEAT_COMPILE_NOTICE": "1"}, 0),
        (0, True, {"VOICEFEAT_COMPILE_NOTICE": "0"}, 0),
    ],
)  # fmt: skip
def test_a_line_says_that_kernels_are_compiled(limit, terminal, variable, lines, tmp_path):
    """Once, after the limit, in a terminal; a variable says otherwise."""
    told = errors_of(COMPILE.format(limit=limit), tmp_path, terminal, **variable)
    assert told == [notice.KEPT] * lines


@pytest.mark.processes
def test_loading_a_kernel_is_not_told(tmp_path):
    code = """
import numpy as np
from voicefeat.engine import notice, rows, simd
notice.LIMIT = 0
n = simd.lanes(4)
rows.put_rows(np.zeros(4 * n, np.float32), 4, 2, n, n, np.zeros(2 * n, np.float32), 0, n)
"""
    forced = {"VOICEFEAT_COMPILE_NOTICE": "1"}
    assert errors_of(code, tmp_path, **forced) == [notice.KEPT]
    assert errors_of(code, tmp_path, **forced) == []


def test_what_compiling_takes_is_added_up(monkeypatch, capsys):
    """What a kernel calls is a part of its time, and waiting is not; the first look after the limit tells."""
    now = [0.0]
    monkeypatch.setattr(notice.time, "perf_counter", lambda: now[0])
    monkeypatch.setenv("VOICEFEAT_COMPILE_NOTICE", "1")
    told = notice.Notice()
    with told.compiling():
        with told.compiling():
            now[0] = 0.5
        now[0] = 0.75
    now[0] = 100.0
    assert told.spent == 0.75 and told.begun is None and not capsys.readouterr().err
    with told.compiling():
        now[0] = 100.25
        with told.compiling():  # at the limit
            now[0] = 100.5
            assert not capsys.readouterr().err
        assert capsys.readouterr().err == notice.KEPT + "\n"
    with told.compiling():
        now[0] = 200.0
    assert told.told and not capsys.readouterr().err


def test_no_line_while_it_is_silent_or_cannot_be_written(monkeypatch, capsys):
    monkeypatch.setenv("VOICEFEAT_COMPILE_NOTICE", "1")
    monkeypatch.setattr(notice, "LIMIT", -1)
    told = notice.Notice()
    with told.silent(), told.compiling():
        pass
    assert not capsys.readouterr().err and not told.told
    monkeypatch.setattr(sys, "stderr", None)
    with told.compiling():
        pass
    assert told.told
