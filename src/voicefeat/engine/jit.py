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
from pathlib import Path
from typing import Any

import llvmlite
import numba
from numba.core import caching, config
from numba.core.runtime import rtsys
from numba.extending import register_jitable

from .compiling import INNER, LEVEL, TOGETHER, WHOLE
from .keeping import FILE, foreign, kept
from .simd import LANES32

#: Division by zero gives inf as in numpy; the GIL is released; no flag that lets results change.
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False}


def _source_key() -> str:
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    levels = (LEVEL, TOGETHER, repr(config.OPT), config.LOOP_VECTORIZE, config.SLP_VECTORIZE)
    debug = (config.DEBUGINFO_DEFAULT, bool(config.BOUNDSCHECK))
    build = (numba.__version__, llvmlite.__version__, sys.version, LANES32, levels, debug)
    digest.update(repr(build).encode())
    return digest.hexdigest()[:16]


FOLDER, WHY = kept(_source_key())
if WHY:
    warnings.warn(
        f"compiled kernels are not kept, and every process compiles them again: {WHY}; "
        "take the others' rights away (chmod go-w), or set VOICEFEAT_CACHE_DIR to a folder of your own",
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
        """Without the environments of functions that the kernel calls.

        They serve exceptions whose text is made when they are raised, which kernels do not raise, and to read
        them numba would import the module of each function: for `np.empty` all that it knows of arrays.
        """
        return (*super().reduce(cres)[:-1], ())


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
        several times as long as all kernels of a feature; to run a kernel, its runtime is sufficient.
        """
        if not _still_ours():
            self.disable()
            return None
        try:
            rtsys.initialize(target_context)
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
    dispatcher = numba.njit(**OPTIONS, **WHOLE)(function)
    if FOLDER is not None:
        dispatcher._cache = _KernelCache(function)
    return dispatcher


def inner_kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let kernels call `function`, which is compiled as a part of each of them.

    Called from Python it is not compiled, and fails at its first operation on lanes.
    """
    return register_jitable(**OPTIONS, **INNER)(function)
