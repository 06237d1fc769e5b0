"""``voicefeat table``: from folders of classes to one table."""

from __future__ import annotations

import argparse
from typing import Any

from .exit_status import DONE, NOTHING_DONE, SOME_FAILED

__all__ = ["add_parser", "run"]


def add_parser(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its options."""
    command = commands.add_parser(
        "table",
        help="turn folders of classes into one table with one row per second",
        description="Cut the recordings of class folders into windows, and write one row per window.",
        epilog="exit status: 0 all recordings are in the table; 1 some are, the rest in FILE.failures.csv; "
        "2 no table was written",
    )
    add = command.add_argument
    add("folder", metavar="FOLDER", help="holds one folder per class, for example REAL and FAKE")
    add("--recipe", default="deep-voice", metavar="NAME", help="recipe of the columns (default: deep-voice)")
    add("--out", required=True, metavar="FILE", help="the table: a new file, .csv or .parquet")
    add(
        "--balance",
        type=int,
        metavar="SEED",
        help="keep as many rows of each class as the smallest class has, drawn with this seed",
    )
    add("--groups", action="store_true", help="add columns: file, window, source and target speaker")
    add(
        "--mono", action="store_true", help="average channels (default: append the right channel to the left)"
    )
    add("--workers", type=int, metavar="N", help="threads; the table does not depend on it (default: all)")
    command.set_defaults(run=run, when_stopped="no unfinished table is left")


def run(options: argparse.Namespace) -> int:
    """Make the table."""
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
