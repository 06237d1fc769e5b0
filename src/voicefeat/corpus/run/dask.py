"""An existing Dask cluster as what runs the recordings."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from ...errors import fail
from ..optional import need
from .decode import versions

__all__ = ["dask_cluster"]

#: Seconds in which a scheduler has to answer.
PATIENCE = 10


@contextmanager
def dask_cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """The cluster whose scheduler is at `address`, as an executor and how many recordings it does at a time.

    Recordings of a worker that dies are done again by the others. Every worker reads the files itself, so
    they have to lie at the same paths there.

    Raises
    ------
    ParameterError
        If nobody answers there, it has no workers, or they have other versions of what makes the numbers.
    ModuleNotFoundError
        If the ``dask`` extra is not installed.
    """
    with _client(address) as client:
        cores = client.ncores()
        if not cores:
            fail("dask", address, "has no workers", f"start some: dask worker {address}")
        _check_versions(address, client.run(versions, on_error="return"))
        with client.get_executor() as executor:
            yield executor, sum(cores.values())


def _client(address: str) -> Any:
    """A client that has reached its scheduler."""
    distributed = need("distributed", "dask")
    try:
        return distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError) as problem:
        told = " ".join(str(problem).split()) or type(problem).__name__
    # One that has not is closed when it is collected: now. By and by that may be in a thread that begins to
    # serve another client, which then waits ten seconds for itself and fails.
    gc.collect()
    fail(
        "dask", address, f"no scheduler answers there ({told})",
        "start one with 'dask scheduler', and give the address that it prints",
    )  # fmt: skip


def _check_versions(address: str, found: dict[str, Any]) -> None:
    """The bytes of a dataset are those of one set of versions."""
    here = versions()
    for worker, there in found.items():
        if isinstance(there, Exception):
            fail(
                "dask", address, f"worker {worker} cannot load voicefeat ({there})",
                "install there what is installed here",
            )  # fmt: skip
        pairs = [(name, there.get(name), version) for name, version in here.items()]
        other = [f"{name} {one} there, {two} here" for name, one, two in pairs if one != two]
        if other:
            fail(
                "dask", address, f"worker {worker} has {'; '.join(other)}",
                "install the same versions on all machines",
            )  # fmt: skip
