"""voicefeat: the features that voice-forgery detectors are trained on.

>>> import numpy as np
>>> import voicefeat as vf
>>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050).astype(np.float32)
>>> vf.mfcc(y, sr=22050).shape
(20, 44)

Names are loaded when they are first used: importing the package loads neither numba nor scipy. The one
list of public names is `__init__.pyi`, which type checkers and editors read as well.
"""

import os
from importlib import import_module

__version__ = "0.1.0"

_MODULES = {}


def _modules():
    """The module below this package that defines each public name, as `__init__.pyi` imports it.

    It is read when a name is first asked for, and as text: `ast` would take longer to import than this file.
    """
    if not _MODULES:
        modules, module = {}, ""
        # By the loader, which also finds it in an archive.
        stub = __spec__.loader.get_data(os.path.join(__path__[0], "__init__.pyi")).decode("utf-8")
        for line in stub.splitlines():
            if line.startswith("from ."):
                module, line = line.removeprefix("from .").split("import ")
            for entry in line.split(","):
                _, exported, name = entry.partition(" as ")
                if exported:
                    modules[name.strip()] = module.strip()
        _MODULES.update(modules)
    return _MODULES


def __getattr__(name):
    if name == "__all__":
        value = [*_modules(), "__version__"]
    elif name in _modules():
        module = _modules()[name]
        if module:
            value = getattr(import_module(f"{__name__}.{module}"), name)
        else:  # `from . import plot as plot`: a module
            value = import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__():
    own = (name for name in globals() if name.startswith("__"))
    return sorted({*own, *_modules(), "__all__"})
