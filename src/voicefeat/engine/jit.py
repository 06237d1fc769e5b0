"""How a kernel is compiled, and where the compiled kernel is kept.

numba's own cache looks at the one file a function stands in, so an edit in `simd.py` would leave every
kernel that uses it stale. Here the folder of the cache is named by a hash of all sources of the engine
and of all that changes the machine code, and an old kernel can never be found. numba adds the
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

import numba
from numba.core import caching, config
from numba.core.runtime import rtsys

from .keeping import FILE, foreign, kept
from .simd import LANES32

#: Division by zero gives inf as in numpy; the GIL is released; no flag that lets results change.
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False}


def _source_key() -> str:
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    build = (numba.__version__, sys.version, LANES32, bool(config.BOUNDSCHECK))
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
        """It was made when it was probed. One that is gone is not made again: by then others may have."""

    def get_cache_path(self):
        return str(FOLDER)

    def get_source_stamp(self):
        return Path(self.get_cache_path()).name  # the key itself: it stands for every source

    def get_disambiguator(self):
        return self.name


class _Impl(caching.CompileResultCacheImpl):
    def __init__(self, function):
        """Not numba's, which lets NUMBA_CACHE_LOCATOR_CLASSES lead to a folder that nobody checked."""
        name = Path(inspect.getfile(function)).stem
        self._locator = _Locator(name)
        self._lineno = function.__code__.co_firstlineno
        self._filename_base = self.get_filename_base(f"{name}.{function.__qualname__}", sys.abiflags)


class _Files(caching.IndexDataCacheFile):
    @contextlib.contextmanager
    def _open_for_write(self, filepath):
        """A file that is whole or not there, made exclusively, and with its rights whatever the umask."""
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
    """Whether the folder is the one that was probed, as far as that matters: a cleaner of temporary files
    may have removed it, and anybody made another of its name."""
    if os.name == "nt" or FOLDER is None:
        return FOLDER is not None
    try:
        return not foreign(FOLDER.lstat(), FOLDER)
    except OSError:
        return False


class _KernelCache(caching.FunctionCache):
    """A cache that is never the reason for a failure: what cannot be read or written is compiled."""

    _impl_class = _Impl

    def __init__(self, function):
        super().__init__(function)
        stamp = self._impl.locator.get_source_stamp()
        self._cache_file = _Files(self.cache_path, self._impl.filename_base, stamp)

    def load_overload(self, sig, target_context):
        """A kernel that was kept, without numba's compiler.

        numba would first load all that it could compile with (and scipy.linalg for its BLAS), which takes
        several times as long as all kernels of a feature; running one takes only its runtime.
        """
        if not _still_ours():
            self.disable()
            return None
        try:
            rtsys.initialize(target_context)
            return self._load_overload(sig, target_context)
        except Exception:  # cut short by a full disk or a kill: begin anew
            with contextlib.suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig, data):
        try:
            super().save_overload(sig, data)
        except Exception:  # read-only, full, removed meanwhile
            self.disable()


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile `function` when it is first called and keep the result."""
    dispatcher = numba.njit(**OPTIONS)(function)
    if FOLDER is not None:
        dispatcher._cache = _KernelCache(function)
    return dispatcher
