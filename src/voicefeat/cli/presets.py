"""``voicefeat presets``: the published front ends, as a table or one as TOML."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from .exit_status import DONE

if TYPE_CHECKING:
    from ..presets.catalogue import Preset

__all__ = ["add_parser", "run"]


def add_parser(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its argument."""
    command = commands.add_parser(
        "presets",
        help="list the published front ends, or print one as TOML",
        description="Without NAME, print a table. With NAME, print that front end as TOML, which "
        "FrontEnd.from_toml reads. Comments at its top give the source and the largest error.",
    )
    command.add_argument("name", nargs="?", metavar="NAME", help="a front end of the table")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the table, or one front end."""
    from ..presets.catalogue import frontends, preset

    if options.name is not None:
        print(_preset_text(preset(options.name)), end="")
        return DONE
    lines = [["name", "rows", "rate", "hop", "source"]]
    for name in frontends():
        entry = preset(name)
        fe = entry.front_end
        rows = len(fe.rows) if fe.method is None else None  # the rows of a method are known once it has run
        hop = fe.framing.hop_length if fe.framing is not None else None
        numbers = ["-" if value is None else str(value) for value in (rows, fe.signal.rate, hop)]
        lines.append([name, *numbers, entry.source])
    first, *others = (max(map(len, column)) for column in zip(*(line[:-1] for line in lines), strict=True))
    for name, *figures, source in lines:
        padded = [figure.rjust(wide) for figure, wide in zip(figures, others, strict=True)]
        print("  ".join([name.ljust(first), *padded, source]))
    return DONE


def _preset_text(entry: Preset) -> str:
    """A front end as TOML, below comments with its source."""
    head = {
        "name": entry.name,
        "source": entry.source,
        "version": entry.version,
        "licence": f"{entry.licence} (of the original, whose code is not used here)",
        "parity": f"within {entry.error:.0e} of the original's numbers, relative to their peak",
        "note": entry.note,
    }
    lines = [f"# {key + ':':9s}{value}" for key, value in head.items() if value]
    return "\n".join([*lines, "", entry.front_end.to_toml()])
