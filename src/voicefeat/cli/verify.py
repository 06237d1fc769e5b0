"""``voicefeat verify``: compare a dataset with its recordings."""

from __future__ import annotations

import argparse
import warnings
from typing import Any

from .callables import METAVAR, named_callable
from .exit_status import DONE, SOME_FAILED
from .inputs import add_inputs, listing

__all__ = ["add_parser", "run"]


def add_parser(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its options."""
    command = commands.add_parser(
        "verify",
        help="compute a dataset's features again and compare",
        description="Compute the features of recordings again, with the settings of the dataset, and "
        "compare. "
        "With the same versions on the same processor, values are equal bit for bit; otherwise they must "
        "agree within a bound that is printed. Shards are compared with their checksums, and recordings with "
        "the digests of the files that were read. Give the recordings as for 'voicefeat extract'.",
        epilog="exit status: 0 everything is equal; 1 rows or shards differ, or recordings are missing; "
        "2 nothing was compared",
    )
    add = command.add_argument
    # fmt: off
    add("folder", metavar="DIR", help="folder of the dataset")
    add_inputs(command)
    add("--callable", metavar=METAVAR,
        help="the callable that made the dataset, if one did; its module is imported, which runs its code")
    add("--sample", type=int, metavar="N",
        help="verify N recordings drawn at random, without checksums of shards (default: all recordings)")
    add("--seed", type=int, default=0, metavar="K", help="seed of the draw (default: 0)")
    add("--exact", action="store_true", help="allow no difference at all")
    add("--workers", type=int, metavar="N", help="threads (default: all)")
    # fmt: on
    command.set_defaults(run=run, when_stopped="nothing was changed")


def run(options: argparse.Namespace) -> int:
    """Verify the dataset and print the result."""
    from ..corpus.dataset.open import open_dataset
    from ..corpus.dataset.verify import verify
    from ..corpus.report.run import verified

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of versions: the report names them
        dataset = open_dataset(options.folder)
    result = verify(
        dataset,
        listing(options),
        frontend=None if options.callable is None else named_callable(options.callable),
        sample=options.sample,
        seed=options.seed,
        exact=options.exact,
        workers=options.workers,
    )
    print(verified(result))
    return SOME_FAILED if result.unequal or result.absent or result.damaged else DONE
