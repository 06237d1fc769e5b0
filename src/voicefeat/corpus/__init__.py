"""From recordings to datasets: inputs, runs, formats, datasets, reports and tables."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import inputs as inputs
    from .dataset.dataset import Dataset as Dataset
    from .dataset.open import open_dataset as open_dataset
    from .dataset.verify import verify as verify
    from .run.extract import extract_corpus as extract_corpus
    from .run.run import Extraction as Extraction
    from .table.table import make_table as make_table

#: The public names and the files that they are in, each loaded when it is first used.
_HOME = {
    "Dataset": "dataset.dataset",
    "Extraction": "run.run",
    "extract_corpus": "run.extract",
    "make_table": "table.table",
    "open_dataset": "dataset.open",
    "verify": "dataset.verify",
}

__all__ = [*_HOME, "inputs"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    if name == "inputs":
        return import_module(f"{__name__}.inputs")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
