"""Tables by family, one file each, found by being here.

A family's file holds, as far as it has them:

ROWS        rows of the parity table (`parity_row.row`)
REFERENCES  the reference of each function, by name, as in `reference.py`
GIVEN       what both sides are given, by name, as in `parity_run.py`
FAULTS      (functions, arguments, the one at fault): settings that must be refused, as in `bad_calls.py`
OTHERS      (function, positional, named, the one at fault): calls without a signal that must be refused
RATED       functions of a signal that take `sr`
SIGNALS     functions that refuse every signal of `bad_calls.BAD_SIGNALS`
"""

from importlib import import_module
from pathlib import Path

FAMILIES = [
    import_module(f"tables.{path.stem}")
    for path in sorted(Path(__file__).parent.glob("*.py"))
    if path.stem != "__init__"
]


def listed(name):
    """The lists called `name` of all families, as one."""
    return [entry for family in FAMILIES for entry in getattr(family, name, [])]


def named(name):
    """The mappings called `name` of all families, as one."""
    return {key: value for family in FAMILIES for key, value in getattr(family, name, {}).items()}
