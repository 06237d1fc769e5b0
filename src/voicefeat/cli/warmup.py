"""``voicefeat warmup``: compile the kernels of common calls."""

from __future__ import annotations

import argparse
import time
import warnings
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from importlib import import_module
from multiprocessing import get_context
from typing import Any

from .exit_status import DONE

__all__ = ["add_parser", "run"]

#: The features that are called, in each of these precisions and framings: powers of two, and a length with a
#: factor of five.
PRECISIONS = ["float32", "float64"]
FEATURES = [
    "stft", "spectrogram", "melspectrogram", "mfcc", "lfcc", "chroma_stft", "delta", "spectral_centroid",
    "spectral_bandwidth", "spectral_rolloff", "spectral_flatness", "spectral_contrast", "rms",
    "zero_crossing_rate", "chroma_cqt",
]  # fmt: skip
FRAMES = [
    {"n_fft": 2048, "hop_length": 512},
    {"n_fft": 512, "hop_length": 160, "win_length": 400},
    {"n_fft": 400, "hop_length": 160},
]


def add_parser(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    command = commands.add_parser("warmup", help="compile the kernels of common calls")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Call the features and print how long each took; each precision in a process of its own if there are two
    processors."""
    from ..chain.threads import get_num_threads
    from ..engine import jit

    begun = time.perf_counter()
    wanted = [(kind, name) for name in FEATURES for kind in PRECISIONS]
    if min(get_num_threads(), len(PRECISIONS)) > 1 and jit.FOLDER is not None:
        with ExitStack() as stack:
            # One process for each precision: what it compiles for a feature it has for the next.
            pools = {
                kind: stack.enter_context(ProcessPoolExecutor(1, get_context("spawn"))) for kind in PRECISIONS
            }
            for done in as_completed([pools[kind].submit(_call, kind, name) for kind, name in wanted]):
                print(done.result(), flush=True)
    else:
        for kind, name in wanted:
            print(_call(kind, name), flush=True)
    print(f"ready in {time.perf_counter() - begun:.2f} s")
    if jit.FOLDER is None:
        why = f" ({jit.WHY})" if jit.WHY else ""
        print(
            f"kernels cannot be stored{why}: every process compiles again; "
            "set VOICEFEAT_CACHE_DIR to a folder of your own that can be written"
        )
    else:
        print(f"kept in {jit.FOLDER}")
    return DONE


def _call(kind: str, name: str) -> str:
    """Call a feature with a signal of one precision, and say how long it took."""
    import numpy as np

    from ..engine.notice import NOTICE

    public = import_module(__package__.partition(".")[0])
    y = np.random.default_rng(0).standard_normal(16000).astype(kind)
    started = time.perf_counter()
    with warnings.catch_warnings(), NOTICE.silent():
        warnings.simplefilter("ignore")  # of filters between two bins: the numbers are not used
        for frames in _framings(name):
            getattr(public, name)(y, **frames)
    return f"{name:20s}{kind:10s}{time.perf_counter() - started:6.2f} s"


def _framings(name: str) -> list[dict[str, int]]:
    """`FRAMES` as the function takes them; one call with its defaults where it has no frame length."""
    from ..feature.registry import FEATURES as KNOWN

    feature = KNOWN.get(name)
    if feature is None or feature.frame is None:
        return [{}]
    framings = [{feature.frame: each["n_fft"], **each} for each in FRAMES]
    return [{k: v for k, v in each.items() if k in feature.settings} for each in framings]
