"""Names for type checkers and editors, made from the lists: ``python tests/name_types.py [--write]``.

Three files are made: the names of features and of published front ends as types, and the stub that says what
``vf.feature`` has. Without ``--write`` the names of those that would change are printed.
"""

import importlib
import sys
from pathlib import Path

import voicefeat as vf
from voicefeat.feature.registry import FEATURES

PACKAGE = Path(vf.__file__).parent
LITERALS = '''\
"""{summary} Written by ``python tests/name_types.py --write``."""

from typing import Literal, TypeAlias

__all__ = ["{alias}"]

#: {comment}
{alias}: TypeAlias = Literal[
{names}
]
'''


def literals(alias, names, summary, comment):
    listed = "\n".join(f'    "{name}",' for name in names)
    return LITERALS.format(alias=alias, summary=summary, comment=comment, names=listed)


def stub():
    """An import of every name of `vf.feature` from its file, as in the stub of the package."""
    files = {}
    for name, module in vf._modules().items():
        if name in vf.feature.__all__:
            files.setdefault(module.removeprefix("feature"), []).append(name)
    blocks = [
        f"from {file} import (\n" + "".join(f"    {name} as {name},\n" for name in sorted(names)) + ")\n"
        for file, names in sorted(files.items())
    ]
    return "# Written by `python tests/name_types.py --write`.\n" + "".join(blocks)


def files():
    """The text of each file that is made, by its path."""
    return {
        PACKAGE / "feature" / "__init__.pyi": stub(),
        PACKAGE / "feature" / "names.py": literals(
            "FeatureName",
            FEATURES,
            "The names of the features as a type.",
            "A feature that `extract` and `voicefeat extract` know.",
        ),
        PACKAGE / "presets" / "names.py": literals(
            "FrontEndName",
            importlib.import_module("voicefeat.presets.catalogue").frontends(),
            "The names of the published front ends as a type.",
            "A front end that `frontend` knows.",
        ),
    }


def main(write):
    for path, text in files().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            print(path)
            if write:
                path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main("--write" in sys.argv[1:])
