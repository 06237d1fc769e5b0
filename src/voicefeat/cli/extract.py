"""``voicefeat extract``: from recordings to a dataset."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..corpus.formats import FORMATS
from ..errors import fail
from .callables import METAVAR, named_callable
from .exit_status import DONE, NOTHING_DONE, SOME_FAILED
from .inputs import add_inputs, listing
from .messages import tell
from .settings import add_settings, check_front_end, given_settings, parsed_settings

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["add_parser", "format_option", "run"]


def add_parser(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its options."""
    command = commands.add_parser(
        "extract",
        help="turn recordings into a dataset of features",
        description="Decode recordings, compute features of each, and write a dataset. The same command "
        "continues a run that was stopped.",
        epilog="exit status: 0 all recordings are in the dataset; 1 some are, the rest in DIR/_failures.csv; "
        "2 nothing was done",
    )
    add_inputs(command)
    add = command.add_argument
    # fmt: off
    add("--feature", action="append", metavar="NAME",
        help="see 'voicefeat features' (default: mfcc); may be repeated")
    add("--frontend", action="append", metavar="NAME",
        help="in place of --feature: one of 'voicefeat presets', or a file FRONTEND.toml; may be repeated")
    add("--callable", action="append", metavar=METAVAR,
        help="in place of --feature: a callable that declares name, rows and version, such as an embedding; "
             "its module is imported, which runs its code; may be repeated")
    add("--out", required=True, metavar="DIR", help="folder of the dataset: new, empty, or of an "
                                                    "earlier run of the same command")
    add("--sr", type=int, metavar="HZ", help="resample to this rate (default: each recording's own)")
    add("--channels", default="mean", metavar="WHICH",
        help="channels to use: mean (default), first, or each (one row per channel)")
    add("--part-seconds", type=float, default=600.0, metavar="S",
        help="split longer recordings into several rows (default: 600)")
    add("--summary", type=_names, default=(), metavar="LIST",
        help="statistics in place of frames: mean,std,median,min,max,q0.05")
    add("--windows", type=float, metavar="S", help="with --summary: statistics over windows of S seconds")
    add("--dtype", default="float32", metavar="TYPE", help="float32 (default), float64 or float16")
    add("--format", default="parquet", metavar="NAME", help=f"{', '.join(FORMATS)} (default: parquet)")
    add("--format-option", type=format_option, action="append", default=[], metavar="NAME=VALUE",
        help="an option of the format: compress=true (parquet, kaldi, hdf5, zarr)")
    add("--shard-mb", type=float, default=128.0, metavar="MB", help="size of a shard (default: 128)")
    add("--workers", type=int, metavar="N", help="threads; the result does not depend on it (default: all)")
    add("--dask", metavar="ADDRESS", help="in place of threads: the address of a running Dask cluster")
    add("--strict", action="store_true", help="stop at the first recording that cannot be used")
    add("--redo", action="store_true",
        help="make shards again that are damaged or whose recordings have changed (default: stop with "
             "an error)")
    add("--update", action="store_true",
        help="add new recordings of the list to an existing dataset; its shards are not changed")
    add("--retry", action="store_true",
        help="try the recordings of the ledger again, and store those that can be used now")
    add("--log-json", metavar="FILE", help="append a log to FILE, one JSON object per line")
    # fmt: on
    add_settings(command)
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Extract the dataset and print a summary."""
    from ..corpus.report.run import notice, summary
    from ..corpus.run.extract import extract_corpus

    given = given_settings(options)
    front_ends: list[Any] = options.frontend or []
    if options.frontend is not None or options.callable is not None:
        check_front_end(given)
        front_ends = [*front_ends, *map(named_callable, options.callable or [])]
    features = options.feature or (None if front_ends else ["mfcc"])
    found = listing(options)
    if (missing := notice(found)) and not options.strict:
        tell(f"voicefeat extract: {missing}")
    with _workers(options) as (executor, workers):
        done = extract_corpus(
            found,
            options.out,
            features,
            frontend=front_ends or None,
            sr=options.sr,
            settings=parsed_settings(features or ["mfcc"], given),
            channels=options.channels,
            part_seconds=options.part_seconds,
            summary=options.summary,
            windows=options.windows,
            dtype=options.dtype,
            format=options.format,
            format_options=dict(options.format_option),
            workers=workers,
            executor=executor,
            strict=options.strict,
            redo=options.redo,
            update=options.update,
            retry=options.retry,
            shard_mb=options.shard_mb,
            log=options.log_json,
        )
    print(summary(done))
    if not done.recordings:
        return NOTHING_DONE
    return SOME_FAILED if done.failed else DONE


@contextmanager
def _workers(options: argparse.Namespace) -> Iterator[tuple[Executor | None, int | None]]:
    """The executor of the recordings, None for threads, and how many it runs at a time."""
    if options.dask is None:
        yield None, options.workers
        return
    if options.workers is not None:
        fail(
            "--workers",
            options.workers,
            "cannot be set with --dask, which uses all workers of the cluster",
            "leave one of them out",
        )
    from ..corpus.run.dask import dask_cluster

    with dask_cluster(options.dask) as found:
        yield found


def _names(text: str) -> tuple[str, ...]:
    """The items of a comma-separated list."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def format_option(text: str) -> tuple[str, str]:
    """The name and value of an option of the format."""
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} has no '='; write it as name=value: compress=true")
    return name.strip().replace("-", "_"), value.strip()
