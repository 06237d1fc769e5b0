"""How a kernel is compiled, and where the compiled kernel is kept.

numba's own cache looks at the one file a function stands in, so an edit in `simd.py` would leave every
kernel that uses it stale. Here the folder of the cache is named by a hash of all sources of the engine
and of all that changes the machine code, and an old kernel can never be found. numba adds the
processor's name and features to each entry.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numba
from numba.core import caching, config
from numba.core.runtime import rtsys

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


def _user_cache() -> Path:
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "voicefeat"


def _candidates() -> list[Path]:
    """Folders to try in turn: the user's choice alone, else beside the source, else the user's cache."""
    for variable in ("VOICEFEAT_CACHE_DIR", "NUMBA_CACHE_DIR"):
        if os.environ.get(variable):
            return [Path(os.environ[variable]) / "voicefeat"]
    beside = Path(__file__).parent / "__pycache__"
    try:
        return [beside, _user_cache()]
    except RuntimeError:  # a user without a home
        return [beside]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def cache_folder() -> Path | None:
    """Where compiled kernels of this version, machine and lane count are kept; None when nowhere.

    A folder that cannot be written but was filled before (a read-only install, warmed when it was
    built) is used as it is.
    """
    key = _source_key()
    folders = [candidate / f"kernels-{key}" for candidate in _candidates()]
    for folder in folders:
        if folder.is_dir() and any(folder.glob("*.nbi")):
            return folder
    return next((folder for folder in folders if _writable(folder)), None)


FOLDER = cache_folder()


class _Locator(caching._CacheLocator):
    def __init__(self, name: str):
        self.name = name

    def get_cache_path(self):
        return str(FOLDER)

    def get_source_stamp(self):
        return Path(self.get_cache_path()).name  # the key itself: it stands for every source

    def get_disambiguator(self):
        return self.name

    @classmethod
    def from_function(cls, function, file):
        return cls(Path(file).stem)


class _Impl(caching.CompileResultCacheImpl):
    _locator_classes = [_Locator]  # noqa: RUF012


class _KernelCache(caching.FunctionCache):
    """A cache that is never the reason for a failure: what cannot be read or written is compiled."""

    _impl_class = _Impl

    def load_overload(self, sig, target_context):
        """A kernel that was kept, without numba's compiler.

        numba would first load all that it could compile with (and scipy.linalg for its BLAS), which takes
        several times as long as all kernels of a feature; running one takes only its runtime.
        """
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


def kernel(function):
    """Compile `function` when it is first called and keep the result."""
    dispatcher = numba.njit(**OPTIONS)(function)
    if FOLDER is not None:
        dispatcher._cache = _KernelCache(function)
    return dispatcher
