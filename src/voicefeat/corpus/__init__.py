"""From recordings to datasets: inputs, runs, formats, datasets, reports and tables."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import inputs as inputs
    from .dataset.batches import Batch as Batch, Entry as Entry, Sampler as Sampler, collate as collate
    from .dataset.convert import Converted as Converted, convert_dataset as convert_dataset
    from .dataset.dataset import Dataset as Dataset
    from .dataset.feature_list import FeatureList as FeatureList
    from .dataset.features import features as features
    from .dataset.open import open_dataset as open_dataset
    from .dataset.verify import Verified as Verified, verify as verify
    from .run.callables import CallableFrontEnd as CallableFrontEnd
    from .run.extract import extract_corpus as extract_corpus
    from .run.run import Extraction as Extraction
    from .table.recipes import RECIPES as RECIPES
    from .table.table import Table as Table, make_table as make_table

#: The public names and their files; each is loaded when it is first used.
_FILES = {
    "Batch": "dataset.batches",
    "CallableFrontEnd": "run.callables",
    "Converted": "dataset.convert",
    "Dataset": "dataset.dataset",
    "Entry": "dataset.batches",
    "Extraction": "run.run",
    "FeatureList": "dataset.feature_list",
    "RECIPES": "table.recipes",
    "Sampler": "dataset.batches",
    "Table": "table.table",
    "Verified": "dataset.verify",
    "collate": "dataset.batches",
    "convert_dataset": "dataset.convert",
    "extract_corpus": "run.extract",
    "features": "dataset.features",
    "make_table": "table.table",
    "open_dataset": "dataset.open",
    "verify": "dataset.verify",
}

__all__ = [*_FILES, "inputs"]


def __getattr__(name: str) -> Any:
    if name in _FILES:
        return getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
    if name == "inputs":
        return import_module(f"{__name__}.inputs")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    own = (name for name in globals() if name.startswith("__"))
    return sorted({*own, *__all__})
