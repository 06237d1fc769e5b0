"""``voicefeat features``: the features, and what a frame of each depends on."""

from __future__ import annotations

import argparse
from typing import Any

from .exit_status import DONE

__all__ = ["add_parser", "run"]


def add_parser(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    command = commands.add_parser(
        "features", help="list the features, and the samples or frames that a frame of each depends on"
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print one line per feature."""
    from ..feature.registry import FEATURES

    rows = [("feature", "one row is a", "with its defaults, a frame depends on")]
    for feature in FEATURES.values():
        context = feature.context()
        if isinstance(context, str):
            scope = "the whole clip"
        else:
            sides = zip(context, ("before", "after"), strict=True)
            beside = [f"{count} frame{'s' * (count != 1)} {where}" for count, where in sides if count]
            scope = " and ".join(["its own samples", *beside])
        rows.append((feature.name, feature.row, scope))
    for name, row, context in rows:
        print(f"{name:24s}{row:24s}{context}")
    return DONE
