"""The features: one family per package; `registry` lists them, `extract` computes several at once.

``vf.feature.mfcc`` is ``vf.mfcc``, and so is every other public name that a family defines.
"""

from importlib import import_module

_names = []


def _public():
    """The names that `__init__.pyi` of the package takes from the families.

    Not those of the files here, `extract` and `summarize`: they are names of modules.
    """
    if not _names:
        modules = import_module(__name__.partition(".")[0])._modules()
        _names.extend(name for name, module in modules.items() if module.startswith("feature."))
        for name in ("extract", "summarize", "Stacked", "CorpusStatistics"):
            _names.remove(name)
    return _names


def __getattr__(name):
    if name == "__all__":
        return list(_public())
    if not name.startswith("_") and name in _public():
        return getattr(import_module(__name__.partition(".")[0]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    own = (name for name in globals() if name.startswith("__"))
    return sorted({*own, *_public(), "__all__"})
