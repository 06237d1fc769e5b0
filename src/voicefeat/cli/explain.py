"""``voicefeat explain``: why two saved feature matrices of one recording differ."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ..errors import ParameterError, fail
from ..files.text import refuse_pipe
from .exit_status import DONE, SOME_FAILED

if TYPE_CHECKING:
    import numpy as np

__all__ = ["add_parser", "run"]


def add_parser(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its options."""
    command = commands.add_parser(
        "explain",
        help="find the settings in which two feature matrices of one recording differ",
        description="Find the front end of each matrix, and print the settings in which the two differ.",
        epilog="exit status: 0 the settings were found; 1 no explanation was found; 2 nothing was done",
    )
    add = command.add_argument
    add("a", metavar="A.npy", help="features of the recording, (rows, frames) or (frames, rows)")
    add("b", nargs="?", metavar="B.npy", help="other features of it")
    add("--preset", metavar="NAME", help="in place of B.npy: the front end that should have made A")
    add("--audio", required=True, metavar="FILE", help="the recording; a few seconds are best")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print in which settings the matrices differ."""
    from ..audio.load import load
    from ..presets.compare.explain import explain

    if (options.b is None) == (options.preset is None):
        raise ParameterError("B.npy and --preset NAME: one of the two is compared with A; give one of them")
    a = _array(options.a)
    b = options.preset if options.b is None else _array(options.b)
    y, sr = load(options.audio, sr=None, dtype="float64")
    result = explain(a, b, y, sr)
    print(result)
    return DONE if result.explained else SOME_FAILED


def _array(path: str) -> np.ndarray:
    """The array of an .npy file; object arrays, which could run code, are refused."""
    import numpy as np

    refuse_pipe("path", path)
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as problem:
        message = str(problem).split("\n")[0]
        raise ParameterError(
            f"{path}: is not an array of numbers ({message}); save it by numpy.save"
        ) from None
    if not isinstance(array, np.ndarray):
        array.close()
        fail("path", path, "holds several arrays", "save one of them by numpy.save")
    return array
