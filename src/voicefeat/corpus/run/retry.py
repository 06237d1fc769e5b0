"""Recordings of the ledger that are tried again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import NamedTuple

from ...errors import ParameterError
from ..inputs.sources import Source
from ..items import Item
from ..output.failures import failed_ids
from ..output.shards import Shards
from ..output.state import State
from .job import CorpusJob
from .schedule import pieces_in_order
from .warnings import WarningsByThread

__all__ = ["Retry", "tried_again"]


class Retry(NamedTuple):
    """The recordings of the ledger, by their numbers."""

    tried: frozenset[int] = frozenset()
    #: Those of which fewer pieces fail now.
    mended: frozenset[int] = frozenset()


def tried_again(
    folder: Path, state: State, sources: Sequence[Source], job: CorpusJob, shards: Shards, workers: int,
    executor: Executor | None,
) -> Retry:  # fmt: skip
    """Process the recordings of the ledger in `folder`, and see which can be used now.

    Raises
    ------
    ParameterError
        If the ledger is lost.
    """
    if problem := state.check_ledger(folder):
        raise ParameterError(f"{problem}; copy it again, or make their shards again (redo=True, --redo)")
    before = failed_ids(folder, state.total.ledger)
    tried = [number for number in range(state.begun) if sources[number].id in before]
    now: Counter[int] = Counter()
    items = (Item(number, sources[number]) for number in tried)
    with WarningsByThread():
        for done in pieces_in_order(job, items, workers, executor):
            row = done.row
            now[done.item.number] += row is None or shards.refused(row, done.item.source) is not None
    mended = (number for number in tried if now[number] < before[sources[number].id])
    return Retry(frozenset(tried), frozenset(mended))
