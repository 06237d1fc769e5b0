"""A Dask cluster that processes the recordings."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from ...errors import fail
from ..optional import need
from .versions import versions

__all__ = ["dask_cluster"]

#: Timeout of a scheduler in seconds.
PATIENCE = 10


@contextmanager
def dask_cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """The cluster of the scheduler at `address`: an executor, and the number of recordings at a time.

    Recordings of a worker that dies are processed again by the others. Every worker reads the files itself,
    so they must be at the same paths there.

    Raises
    ------
    ParameterError
        If there is no answer, no worker, or a worker with other versions of voicefeat or of libraries.
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
    """A client that is connected to its scheduler."""
    distributed = need("distributed", "dask")
    try:
        return distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError) as problem:
        message = " ".join(str(problem).split()) or type(problem).__name__
    # A client that is not connected is closed when it is collected. Collect it now: later that may happen in
    # a thread of another client, which then waits ten seconds for itself and fails.
    gc.collect()
    fail(
        "dask", address, f"no scheduler answers there ({message})",
        "start one with 'dask scheduler', and give the address that it prints",
    )  # fmt: skip


def _check_versions(address: str, found: dict[str, Any]) -> None:
    """Refuse workers with other versions: the bytes of a dataset depend on them."""
    here = versions()
    for worker, there in found.items():
        if isinstance(there, Exception):
            fail(
                "dask", address, f"worker {worker} cannot load voicefeat ({there})",
                "install the same packages on it as here",
            )  # fmt: skip
        pairs = [(name, there.get(name), version) for name, version in here.items()]
        other = [f"{name} {one} there, {two} here" for name, one, two in pairs if one != two]
        if other:
            fail(
                "dask", address, f"worker {worker} has {'; '.join(other)}",
                "install the same versions on all machines",
            )  # fmt: skip
