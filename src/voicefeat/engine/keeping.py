"""The folder where compiled kernels are stored, and whether its files may be run.

A stored kernel is machine code and its index a pickle: who can write them can run code as every user who
loads them. So a folder is used only if it and all files in it belong to the user or to root and nobody else
may write there, and if nobody else can put another folder in its place.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

#: Rights of a folder in the user's cache, of one that is installed with the package, and of a kernel's file.
OWN, INSTALLED, FILE = 0o700, 0o755, 0o644
#: Mode bits of others: to write, and to enter a folder.
WRITE, ENTER = 0o022, 0o011


class Place(NamedTuple):
    """A folder in which kernels may be stored.

    rights   the mode with which it and the folders above it are made
    named    the folder that the user chose: from there down others may write nowhere, even if the folders
             above are closed to them
    """

    folder: Path
    rights: int
    named: Path


class Kept(NamedTuple):
    """The folder of kernels, or None; and the reason why an existing folder is not used."""

    folder: Path | None
    why: str


def kept(key: str) -> Kept:
    """The first place with kernels of this key, otherwise the first where they can be stored.

    A folder that cannot be written but was filled before (a read-only installation, filled when it was
    built) is used unchanged.
    """
    places, why = _places(f"kernels-{key}"), ""
    for filled in (True, False):
        for place in places:
            folder, fault = _probe(place, filled)
            if folder is not None:
                return Kept(folder, "")
            why = why or fault
    return Kept(None, why)


def _places(name: str) -> list[Place]:
    """Folders to try in turn: only the user's choice if there is one; otherwise beside the source, then the
    user's cache."""
    for variable in ("VOICEFEAT_CACHE_DIR", "NUMBA_CACHE_DIR"):
        if chosen := os.environ.get(variable):
            return [Place(Path(chosen) / "voicefeat" / name, OWN, Path(chosen))]
    beside = Path(__file__).parent / "__pycache__" / name
    places = [Place(beside, INSTALLED, beside)]
    try:
        own = _user_cache() / name
    except RuntimeError:  # a user without a home
        return places
    return [*places, Place(own, OWN, own)]


def _user_cache() -> Path:
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "voicefeat"


def _probe(place: Place, filled: bool) -> tuple[Path | None, str]:
    """The folder if its kernels can be used, or with `filled` false if kernels can be stored there.

    On any error the answer is no; the text gives the reason if others could have changed the files.
    """
    try:
        folder, named = place.folder.resolve(), place.named.resolve()
        if filled and not any(folder.glob("*.nbi")):
            return None, ""
        if fault := _doubt(folder, named):
            return None, fault
        if not filled:
            _make(folder, place.rights)
            if fault := _doubt(folder, named):
                return None, fault
            tempfile.TemporaryFile(dir=folder).close()
        return folder, ""
    except Exception:  # no right to enter, not a folder, full, an invalid name, removed in the meantime
        return None, ""


def _make(folder: Path, rights: int) -> None:
    """Make a folder and those above it, with this mode whatever the umask."""
    for place in [*reversed(folder.parents), folder]:
        if not place.exists():
            try:
                place.mkdir(rights)
            except FileExistsError:  # another process was first
                continue
            place.chmod(rights)


def _doubt(folder: Path, named: Path) -> str:
    """The reason not to run the files of a folder; empty if there is none.

    The existing folders from the root down are checked, and the files. Above `named`, a folder that others
    may write is harmless if its sticky bit is set, or below one that they may not enter. On Windows, owners
    and modes say nothing: a user's own folders are closed when they are made.
    """
    if os.name == "nt":
        return ""
    closed = False
    for place in [*reversed(folder.parents), folder]:
        try:
            found = place.lstat()
        except FileNotFoundError:
            return ""
        sticky = found.st_mode & stat.S_ISVTX and place != folder
        strict = place in (folder, named) or named in place.parents
        if fault := foreign(found, place, may_write=bool(sticky or (closed and not strict))):
            return fault
        closed = closed or not found.st_mode & ENTER
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                found = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # renamed by another process in the meantime
                continue
            if fault := foreign(found, Path(entry.path)):
                return fault
            if not stat.S_ISREG(found.st_mode):
                return f"{entry.path} is not a regular file"
    return ""


def foreign(found: os.stat_result, place: Path, may_write: bool = False) -> str:
    """Why a file or folder is not the user's alone; empty if it is, or belongs to root."""
    if found.st_uid not in (0, os.geteuid()):
        return f"{place} belongs to another user ({found.st_uid})"
    if found.st_mode & WRITE and not may_write and not stat.S_ISLNK(found.st_mode):
        return f"others may write to {place} (mode {stat.S_IMODE(found.st_mode):04o})"
    return ""
