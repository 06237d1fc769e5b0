"""A callable that the command line names: MODULE:NAME."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

from ..errors import fail, near_names

__all__ = ["METAVAR", "named_callable"]

METAVAR = "MODULE:NAME"


def named_callable(text: str) -> Any:
    """The object NAME of the module MODULE, which is imported: its code runs.

    Modules are looked for among those that are installed, and then in the working folder.

    Raises
    ------
    ParameterError
        If the text has another form, the module cannot be imported, or it has no such name.
    """
    module, colon, name = text.partition(":")
    if not (colon and name.isidentifier() and all(part.isidentifier() for part in module.split("."))):
        fail("--callable", text, "is not of the form MODULE:NAME", "write it as embeddings:wavlm")
    if os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
    try:
        found = import_module(module)
    except Exception as error:  # the module may raise anything
        why = f"{type(error).__name__}: {' '.join(str(error).split())}"
        remedy = "give a module that is installed, or a file of the working folder without its .py"
        fail("--callable", text, f"the module {module} cannot be imported ({why})", remedy)
    try:
        return getattr(found, name)
    except AttributeError:
        near = near_names(name, [each for each in vars(found) if not each.startswith("_")])
        hint = f"did you mean {near[0]!r}?" if near else "check the spelling"
        fail("--callable", text, f"the module {module} has no {name}", hint)
