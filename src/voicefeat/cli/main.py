"""The command ``voicefeat``: extract, verify, show, table, features, presets, explain, warmup.

Exit status: 0 when all went well, 1 when some recordings failed, 2 when nothing was done.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from .. import __version__
from ..errors import AudioError, ParameterError, escape
from .explain import add_explain
from .extract import add_extract
from .inputs import DONE, INTERRUPTED, NOTHING_DONE, SOME_FAILED
from .show import add_show
from .verify import add_verify
from .warnings import told_in_lines

if TYPE_CHECKING:
    from ..presets.catalogue import Preset

__all__ = ["main"]

#: What an interrupted run leaves behind, if its command does not say otherwise.
STAYS = "what was finished before is complete and is kept"

#: What `warmup` calls, in each of these precisions and framings: powers of two, and a length with a factor
#: of five.
PRECISIONS = ["float32", "float64"]
WARM = [
    "stft", "spectrogram", "melspectrogram", "mfcc", "lfcc", "chroma_stft", "delta", "spectral_centroid",
    "spectral_bandwidth", "spectral_rolloff", "spectral_flatness", "spectral_contrast", "rms",
    "zero_crossing_rate", "chroma_cqt",
]  # fmt: skip
FRAMES = [
    {"n_fft": 2048, "hop_length": 512},
    {"n_fft": 512, "hop_length": 160, "win_length": 400},
    {"n_fft": 400, "hop_length": 160},
]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line `arguments` (by default the process's own) and return the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    left = getattr(options, "left", STAYS)
    try:
        with told_in_lines(f"voicefeat {options.command}"):
            return options.run(options)
    except (ParameterError, AudioError, ModuleNotFoundError) as error:
        print(f"voicefeat {options.command}: error: {escape(str(error))}", file=sys.stderr)
    except OSError as error:
        where = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
        told = escape(f"{where}{error.strerror or error}")
        print(f"voicefeat {options.command}: stopped: {told}; {left}", file=sys.stderr)
    except KeyboardInterrupt:
        print(f"voicefeat {options.command}: stopped by you; {left}", file=sys.stderr)
        return INTERRUPTED
    return NOTHING_DONE


class _Parser(argparse.ArgumentParser):
    """An argument parser that tells a wrong line in one line, and where the help is."""

    def error(self, message: str) -> NoReturn:
        self.exit(NOTHING_DONE, f"{self.prog}: error: {escape(message)} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="voicefeat", description="Speech features for voice-forgery detection.")
    parser.add_argument("--version", action="version", version=f"voicefeat {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add_extract(commands)
    add_verify(commands)
    add_show(commands)
    _add_table(commands)
    listing = commands.add_parser("features", help="list the features, and how far a frame looks")
    listing.set_defaults(run=_features)
    presets = commands.add_parser(
        "presets",
        help="list the published front ends, or show one as TOML",
        description="Without NAME: a table. With NAME: that front end as TOML, which "
        "FrontEnd.from_toml reads, and above it where it is from and how near its numbers are.",
    )
    presets.add_argument("name", nargs="?", metavar="NAME", help="a front end of the table")
    presets.set_defaults(run=_presets)
    add_explain(commands)
    warmup = commands.add_parser("warmup", help="compile now what common calls need")
    warmup.set_defaults(run=_warmup)
    return parser


def _add_table(commands: argparse._SubParsersAction[_Parser]) -> None:
    table = commands.add_parser(
        "table",
        help="turn folders of classes into one table, a row for each second",
        description="Cut the recordings of class folders into windows, and write a row for each.",
        epilog="exit status: 0 all recordings are in the table; 1 some are, the rest in FILE.failures.csv; "
        "2 there is no table",
    )
    add = table.add_argument
    add("folder", metavar="FOLDER", help="holds one folder a class, REAL and FAKE, say")
    add("--recipe", default="deep-voice", metavar="NAME", help="what is measured (default: deep-voice)")
    add("--out", required=True, metavar="FILE", help="the table: a new file, .csv or .parquet")
    add("--balance", type=int, metavar="SEED", help="draw as many rows of each class as the smallest has")
    add("--groups", action="store_true", help="columns more: file, window, source and target speaker")
    add("--mono", action="store_true", help="average channels; else the right one is appended to the left")
    add("--workers", type=int, metavar="N", help="threads; the table does not depend on it (default: all)")
    table.set_defaults(run=_table, left="no unfinished table is left")


def _table(options: argparse.Namespace) -> int:
    from ..corpus.report.run import table_summary
    from ..corpus.table.table import make_table

    done = make_table(
        options.folder,
        options.out,
        options.recipe,
        balance=options.balance,
        groups=options.groups,
        mono=options.mono,
        workers=options.workers,
    )
    print(table_summary(done))
    if done.file is None:
        return NOTHING_DONE
    return SOME_FAILED if done.failed else DONE


def _features(options: argparse.Namespace) -> int:
    from ..feature.registry import FEATURES

    rows = [("feature", "one row is a", "with its defaults, a frame depends on")]
    for feature in FEATURES.values():
        context = feature.context()
        if isinstance(context, str):
            seen = "the whole clip"
        else:
            sides = zip(context, ("before", "after"), strict=True)
            beside = [f"{count} frame{'s' * (count != 1)} {where}" for count, where in sides if count]
            seen = " and ".join(["its own samples", *beside])
        rows.append((feature.name, feature.row, seen))
    for name, row, context in rows:
        print(f"{name:24s}{row:24s}{context}")
    return DONE


def _presets(options: argparse.Namespace) -> int:
    from ..presets.catalogue import frontends, preset

    if options.name is not None:
        print(_preset_text(preset(options.name)), end="")
        return DONE
    lines = [["name", "rows", "rate", "hop", "source"]]
    for name in frontends():
        told = preset(name)
        fe = told.front_end
        rows = len(fe.rows) if fe.method is None else None  # those of a method are known when it has run
        hop = fe.framing.hop_length if fe.framing is not None else None
        numbers = ["-" if value is None else str(value) for value in (rows, fe.signal.rate, hop)]
        lines.append([name, *numbers, told.source])
    first, *others = (max(map(len, column)) for column in zip(*(line[:-1] for line in lines), strict=True))
    for name, *figures, source in lines:
        padded = [figure.rjust(wide) for figure, wide in zip(figures, others, strict=True)]
        print("  ".join([name.ljust(first), *padded, source]))
    return DONE


def _preset_text(told: Preset) -> str:
    """A front end as TOML, below comments that say where it is from."""
    head = {
        "name": told.name,
        "source": told.source,
        "version": told.version,
        "licence": f"{told.licence} (of the original; none of its code is here)",
        "parity": f"within {told.error:.0e} of the original's numbers, relative to their peak",
        "note": told.note,
    }
    lines = [f"# {key + ':':9s}{value}" for key, value in head.items() if value]
    return "\n".join([*lines, "", told.front_end.to_toml()])


def _framings(name: str) -> list[dict[str, int]]:
    """FRAMES as the function takes them; those of a constant-Q transform or of features given are its own."""
    from ..feature.registry import FEATURES

    feature = FEATURES.get(name)
    if feature is None or feature.frame is None:
        return [{}]
    framings = [{feature.frame: each["n_fft"], **each} for each in FRAMES]
    return [{k: v for k, v in each.items() if k in feature.settings} for each in framings]


def _warmup(options: argparse.Namespace) -> int:
    import time
    import warnings
    from importlib import import_module

    import numpy as np

    package = __package__.partition(".")[0]
    public, jit = import_module(package), import_module(f"{package}.engine.jit")
    noise = np.random.default_rng(0).standard_normal(16000)
    begun = time.perf_counter()
    for kind in PRECISIONS:
        y = noise.astype(kind)
        for name in WARM:
            started = time.perf_counter()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of filters between two bins: the numbers are not used
                for frames in _framings(name):
                    getattr(public, name)(y, **frames)
            print(f"{name:20s}{kind:10s}{time.perf_counter() - started:6.2f} s", flush=True)
    print(f"ready in {time.perf_counter() - begun:.2f} s")
    if jit.FOLDER is None:
        why = f" ({jit.WHY})" if jit.WHY else ""
        print(
            f"nowhere to keep it{why}: every process compiles again; "
            "set VOICEFEAT_CACHE_DIR to a folder of your own that can be written"
        )
    else:
        print(f"kept in {jit.FOLDER}")
    return DONE
