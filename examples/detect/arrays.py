"""Models as plain arrays in an .npz: read without a pickle, and refused where they are not what is due."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

import voicefeat as vf


def read(path: Path, names: Iterable[str]) -> dict[str, np.ndarray]:
    """The arrays of these names, which are all that the file holds; numbers, of which none is infinite."""
    wanted = list(names)
    try:
        with np.load(path, allow_pickle=False) as file:
            if set(file.files) != set(wanted):
                raise unfit(path, f"model of {', '.join(wanted)}")
            held = {name: file[name] for name in wanted}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, AttributeError) as error:
        raise vf.ParameterError(
            f"{path}: cannot be read ({type(error).__name__}); copy the whole run again, or train again"
        ) from None
    for array in held.values():
        if array.dtype.kind not in "fiuV" or (not array.dtype.names and not np.isfinite(array).all()):
            raise unfit(path, "model of finite numbers")
    return held


def unfit(path: Path, what: str) -> vf.ParameterError:
    """The error for a file that holds something else."""
    return vf.ParameterError(
        f"{path}: is no {what} as its config describes it; give the folder of the run that wrote it"
    )
