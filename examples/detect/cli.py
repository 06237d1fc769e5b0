"""The command line of train.py."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import voicefeat as vf

from .logbook import say

EPILOG = """
CONFIG is a path, also relative to examples/ or examples/configs/: configs/minifake/lfcc_gmm.toml.
KEY=VALUE changes a setting: epochs=5, training.rate=0.0003, protocol=seed, seeds=[0]. Settings that change a
result become part of the name of the run's folder: toy/ann+epochs=5.
--all DIR runs every config of a folder, found in the same way, and prints a table of the results.
A run that was stopped resumes when the same command is given again.
"""


def main(words: Sequence[str] | None = None) -> int:
    """Train, score and report. Returns 2 if an input is wrong, 1 if a config of --all failed, otherwise 0."""
    parser = argparse.ArgumentParser(
        prog="train.py", description="Train, score and report detectors.", epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("config", metavar="CONFIG", nargs="?", default="", help="a TOML file of settings")
    parser.add_argument(
        "changes", metavar="KEY=VALUE", nargs="*", help="settings that differ from the file's"
    )
    parser.add_argument(
        "--all", default="", metavar="DIR", help="instead of CONFIG: every config of a folder"
    )
    parser.add_argument(
        "--data", required=True, metavar="DIR", help="the corpus: a folder, a table, toy or teaching"
    )
    parser.add_argument(
        "--eval", default=[], action="append", metavar="DIR",
        help="another evaluation set; may be given again, also when the run is finished",
    )  # fmt: skip
    parser.add_argument("--out", default="runs", metavar="DIR", help="where runs are kept (default: runs)")
    given = parser.parse_intermixed_args(words)
    try:
        from . import config, runs, several

        place = runs.Place(given.data, Path(given.out), tuple(given.eval))
        if given.all:
            changes = [given.config, *given.changes] if given.config else []
            return several.run_all(config.find_all(given.all), changes, place)
        if not given.config:
            raise vf.ParameterError("CONFIG='': is missing; name a file of settings, or --all DIR")
        folder = runs.run(config.read(config.find(given.config), given.changes), place)
    except (vf.ParameterError, vf.AudioError) as error:
        say(f"train.py: error: {error}")
        return 2
    except KeyboardInterrupt:
        say("stopped; the same command resumes it")
        return 130
    print(runs.told(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
