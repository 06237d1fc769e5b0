"""``voicefeat show``: describe a dataset or a recording."""

from __future__ import annotations

import argparse
import json
import os
import warnings
from pathlib import Path
from typing import Any

from ..errors import ParameterError, fail
from .exit_status import DONE

__all__ = ["add_parser", "run"]


def add_parser(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its options."""
    command = commands.add_parser(
        "show",
        help="describe a dataset or a recording, and draw it",
        description="For a dataset, print recordings, hours, settings, versions, labels, failures. For a "
        "recording, print duration, rate, channels, peak, rms.",
    )
    add = command.add_argument
    # fmt: off
    add("--json", action="store_true", help="print one JSON object, for programs")
    add("path", metavar="DIR|FILE", help="folder of a dataset, or a recording")
    add("--plot", metavar="OUT.png", help="draw one row of the dataset, or the recording (extra: plot)")
    add("--id", metavar="ID", help="with --plot: which recording of the dataset (default: the first)")
    # fmt: on
    command.set_defaults(run=run, when_stopped="nothing was changed")


def run(options: argparse.Namespace) -> int:
    """Print what the dataset or the recording holds, and draw it if asked."""
    if options.plot is not None and Path(options.plot).suffix.lower() not in (".png", ".pdf", ".svg"):
        fail(
            "--plot",
            options.plot,
            "is not the name of an image file",
            "give one that ends in .png, .pdf or .svg",
        )
    if os.path.isdir(options.path):
        return _dataset(options)
    if options.id is not None:
        raise ParameterError(f"--id {options.id}: applies only to a dataset; leave it out")
    from ..corpus.report.recording import of_recording, recording_facts

    print(_as_json(recording_facts(options.path)) if options.json else of_recording(options.path))
    if options.plot is not None:
        from ..plot.stored import draw_recording

        _headless()
        draw_recording(options.path, options.plot)
    return DONE


def _dataset(options: argparse.Namespace) -> int:
    from ..corpus.dataset.open import open_dataset
    from ..corpus.report.dataset import of_dataset
    from ..corpus.report.facts import dataset_facts

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what they say is shown
        dataset = open_dataset(options.path)
    print(_as_json(dataset_facts(dataset)) if options.json else of_dataset(dataset))
    if options.plot is not None:
        from ..plot.stored import draw_entry

        _headless()
        entry = dataset[0] if options.id is None else dataset[options.id][0]
        draw_entry(dataset, entry, options.plot)
    return DONE


def _as_json(facts: dict[str, Any]) -> str:
    """One object; ASCII only, so that nothing in a name controls a terminal."""
    return json.dumps(facts, indent=1)


def _headless() -> None:
    """Draw for a file, wherever there is no screen."""
    from ..plot.drawing import pyplot

    pyplot().switch_backend("agg")
