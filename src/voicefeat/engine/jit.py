"""Compilation of kernels, and the cache of compiled kernels.

numba's own cache only looks at the file of a function, so after an edit in `simd.py` every
kernel that uses it would be stale. Here the name of the cache folder is a hash of all sources of the engine
and of everything that changes the machine code, so an old kernel can never be found. numba adds the
processor's name and features to each entry.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import os
import sys
import uuid
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
from llvmlite import binding as llvm
from numba.core import caching, config
from numba.core.compiler import compile_result
from numba.core.runtime._nrt_python import c_helpers
from numba.extending import register_jitable

from .compiling import INNER, INNER_LANES, LANE_LEVEL, LANES, LEVEL, TOGETHER, WHOLE, Loaded
from .keeping import FILE, foreign, kept
from .notice import NOT_KEPT, NOTICE
from .simd import LANES32

#: Division by zero gives inf as in numpy; the GIL is released; no flag that lets results change.
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False}


def _source_key() -> str:
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    levels = (LEVEL, LANE_LEVEL, TOGETHER, repr(config.OPT), config.LOOP_VECTORIZE, config.SLP_VECTORIZE)
    debug = (config.DEBUGINFO_DEFAULT, bool(config.BOUNDSCHECK))
    build = (numba.__version__, llvmlite.__version__, sys.version, LANES32, levels, debug)
    digest.update(repr(build).encode())
    return digest.hexdigest()[:16]


FOLDER, WHY = kept(_source_key())
if FOLDER is None:
    NOTICE.line = NOT_KEPT
if WHY:
    warnings.warn(
        f"compiled kernels are not kept, and every process compiles them again: {WHY}; "
        "let nobody else write to it (chmod go-w), or set VOICEFEAT_CACHE_DIR to a folder of your own",
        stacklevel=2,
    )


class _Locator(caching._CacheLocator):
    def __init__(self, name: str):
        self.name = name

    def ensure_cache_path(self):
        """Do nothing: the folder was made when it was probed; a missing one is not trusted."""

    def get_cache_path(self):
        return str(FOLDER)

    def get_source_stamp(self):
        return Path(self.get_cache_path()).name  # the key itself: it stands for every source

    def get_disambiguator(self):
        return self.name


class _Impl(caching.CompileResultCacheImpl):
    def __init__(self, function):
        """Not numba's: NUMBA_CACHE_LOCATOR_CLASSES could lead to a folder that was not checked."""
        name = Path(inspect.getfile(function)).stem
        self._locator = _Locator(name)
        self._lineno = function.__code__.co_firstlineno
        self._filename_base = self.get_filename_base(f"{name}.{function.__qualname__}", sys.abiflags)

    def reduce(self, cres):
        """What `rebuild` needs.

        Not the environments of functions that the kernel calls. They serve exceptions whose text is made when
        they are raised, which kernels do not raise, and to read them numba would import the module of each
        function: for `np.empty` all that it knows of arrays.
        """
        library, described = cres.library, cres.fndesc
        described.typemap = described.calltypes = None  # of use only while it is compiled
        module = library._get_module_for_linking()
        names = [
            x.name
            for part in (module.functions, module.global_variables)
            for x in part
            if not x.is_declaration
        ]
        kept = library.name, library._get_compiled_object(), module.as_bitcode(), names
        return kept, described, cres.environment, cres.signature

    def rebuild(self, target_context, payload):
        kept, described, environment, signature = payload
        library = Loaded(target_context.codegen(), *kept)
        return compile_result(
            target_context=target_context,
            typing_context=None,
            library=library,
            environment=environment,
            entry_point=target_context.get_executable(library, described, environment),
            fndesc=described,
            signature=signature,
            objectmode=False,
            lifted=(),
            reload_init=[],
            referenced_envs=(),
        )


class _Files(caching.IndexDataCacheFile):
    @contextlib.contextmanager
    def _open_for_write(self, filepath):
        """A file that appears only when complete, created exclusively, with a fixed mode."""
        aside = f"{filepath}.tmp.{uuid.uuid4().hex[:16]}"
        try:
            with open(aside, "xb") as file:
                Path(aside).chmod(FILE)
                yield file
            os.replace(aside, filepath)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(aside)
            raise


@cache
def _give_symbols() -> None:
    """Tell the linker where numba's runtime is. Its own initialisation would compile it for other kernels."""
    for name, address in c_helpers.items():
        llvm.add_symbol(name if name.startswith("_") else f"NRT_{name}", address)


def _still_ours() -> bool:
    """Whether the folder is still the one that was probed: it may have been removed as a temporary file, and
    another user may have made one with its name."""
    if os.name == "nt" or FOLDER is None:
        return FOLDER is not None
    try:
        return not foreign(FOLDER.lstat(), FOLDER)
    except OSError:
        return False


class _KernelCache(caching.FunctionCache):
    """A cache that never fails: a kernel that cannot be read or written is compiled."""

    _impl_class = _Impl

    def _use_files_of(self, sig, generator):
        """Files of their own for each signature.

        numba has one index for all signatures of a function and numbers their files: of two processes that
        compile different signatures at the same time, one would lose its entry, or find the other's code
        under its own number.
        """
        digest = hashlib.sha256(repr(self._index_key(sig, generator)).encode()).hexdigest()[:16]
        stamp = self._impl.locator.get_source_stamp()
        self._cache_file = _Files(self.cache_path, f"{self._impl.filename_base}.{digest}", stamp)

    def _load_overload(self, sig, target_context):
        self._use_files_of(sig, target_context.codegen())
        return super()._load_overload(sig, target_context)

    def _save_overload(self, sig, data):
        self._use_files_of(sig, data.codegen)
        super()._save_overload(sig, data)

    def load_overload(self, sig, target_context):
        """Load a stored kernel without numba's compiler.

        numba would first load its whole compiler (and scipy.linalg for its BLAS), which takes
        several times as long as all kernels of a feature; to run a kernel, the symbols of its runtime are
        sufficient.
        """
        if not _still_ours():
            self.disable()
            return None
        try:
            _give_symbols()
            return self._load_overload(sig, target_context)
        except Exception:  # truncated by a full disk or a kill: compile again
            with contextlib.suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig, data):
        try:
            super().save_overload(sig, data)
        except Exception:  # read-only, full, or removed in the meantime
            self.disable()


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile `function` at its first call and store the result."""
    return _dispatcher(function, WHOLE)


def lane_kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a function that allocates nothing, and whose loops are over lanes."""
    return _dispatcher(function, LANES)


def part(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for one that is called by its address alone, not from Python."""
    return _dispatcher(function, {**LANES, "no_cpython_wrapper": True})


def _dispatcher(function: Callable[..., Any], options: dict[str, Any]) -> Callable[..., Any]:
    dispatcher = numba.njit(**OPTIONS, **options)(function)
    if FOLDER is not None:
        dispatcher._cache = _KernelCache(function)
    return dispatcher


def inner_kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let kernels call `function`, which is compiled as a part of each of them.

    Called from Python it is not compiled, and fails at its first operation on lanes.
    """
    return register_jitable(**OPTIONS, **INNER)(function)


def inner_lanes(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a part of a `lane_kernel`, which allocates nothing either."""
    return register_jitable(**OPTIONS, **INNER_LANES)(function)
