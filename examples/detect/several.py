"""A set of configs, run one after the other: one that fails does not stop the others."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Sequence
from pathlib import Path

import voicefeat as vf

from . import config as configs, runs
from .logbook import say
from .page import systems_table


def run_all(paths: Sequence[Path], changes: Sequence[str], place: runs.Place) -> int:
    """Run every config and print a table of the results; 1 if any failed, which is said at the end."""
    folders: list[Path] = []
    failed: dict[str, str] = {}
    runs.check_packages(_readable(paths, changes), place)
    for k, path in enumerate(paths, 1):
        say(f"\n{k} of {len(paths)}: {path.stem}")
        try:
            folders.append(runs.run(configs.read(path, changes), place))
        except (vf.ParameterError, vf.AudioError) as error:
            failed[path.stem] = str(error)
        except Exception as error:  # of a library: no memory, for example; where it was raised is shown
            say(traceback.format_exc())
            failed[path.stem] = f"{type(error).__name__}: {error}"
        if path.stem in failed:
            say(f"{path.stem} failed: {failed[path.stem]}")
    if folders:
        print(systems_table(folders))
    for name, why in failed.items():
        say(f"train.py: error: {name}: {why}")
    say(f"{len(folders)} of {len(paths)} configs were run" + (f", {len(failed)} failed" if failed else ""))
    return 1 if failed else 0


def _readable(paths: Sequence[Path], changes: Sequence[str]) -> list[configs.Config]:
    """The configs that can be read; what is wrong with the others is said in their turn."""
    found = []
    for path in paths:
        with contextlib.suppress(vf.ParameterError):
            found.append(configs.read(path, changes))
    return found
