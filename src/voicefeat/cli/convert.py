"""``voicefeat convert``: a dataset in another format."""

from __future__ import annotations

import argparse
from typing import Any

from ..corpus.formats import FORMATS
from .exit_status import DONE
from .extract import format_option

__all__ = ["add_parser", "run"]


def add_parser(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its options."""
    command = commands.add_parser(
        "convert",
        help="write a dataset in another format",
        description="Write a dataset in another format, with the same values, digests, labels and failures: "
        "the files that 'voicefeat extract --format FORMAT' would have written.",
    )
    add = command.add_argument
    # fmt: off
    add("folder", metavar="DIR", help="folder of a dataset, or of a run that wrote several datasets")
    add("out", metavar="OUT", help="folder of the new dataset: new or empty")
    add("--format", required=True, metavar="NAME", help=", ".join(FORMATS))
    add("--format-option", type=format_option, action="append", default=[], metavar="NAME=VALUE",
        help="an option of the format: compress=true (parquet, kaldi, hdf5, zarr)")
    # fmt: on
    command.set_defaults(run=run, when_stopped="nothing was written")


def run(options: argparse.Namespace) -> int:
    """Write the dataset and print what was written."""
    from ..corpus.dataset.convert import convert_dataset
    from ..corpus.report.run import converted

    done = convert_dataset(
        options.folder, options.out, options.format, format_options=dict(options.format_option)
    )
    print(converted(done))
    return DONE
