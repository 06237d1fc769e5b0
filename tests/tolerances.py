"""Measure the tolerances of parity rows: ``python tests/tolerances.py CALL [CALL ...]``.

The rows of `parity_row.measured` have no tolerance in the table. This command runs each of them on all of
its signals and writes ten times the largest error, rounded up to one digit and never less than `LEAST`, to
``tolerances.toml``. Entries of other calls stay; those of rows that are gone are removed.
"""

import math
import sys
import tomllib

from parity import ROWS
from parity_row import LEAST, MEASURED
from parity_run import cases, error

#: The tolerance is this many times the largest error: other processors round otherwise.
TIMES = 10


def rounded_up(value: float) -> float:
    """`value` with one digit, rounded up."""
    step = 10.0 ** math.floor(math.log10(value))
    return float(f"{math.ceil(value / step - 1e-9) * step:.0e}")


def tolerance(row, dtype: str, least: float) -> float:
    """What the errors of a row on all of its signals come to."""
    worst = max(error(row, name, sr, dtype) for name, sr in cases(row))
    if not math.isfinite(worst):
        sys.exit(f"{row}: the answers differ in shape or in their gaps; there is no tolerance for that")
    return rounded_up(max(TIMES * worst, least))


def written(table: dict[str, dict[str, list[float]]]) -> str:
    """The file's text."""
    lines = ["# Written by tests/tolerances.py: [float64, float32] of each row. Do not edit.", ""]
    for call in sorted(table):
        lines += [f"[{call}]", *(f"{name!r} = {both}" for name, both in sorted(table[call].items())), ""]
    return "\n".join(lines)


def main(calls: list[str]) -> None:
    table = tomllib.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
    rows = [row for row in ROWS if math.isnan(row.float64) or str(row) in table.get(row.call, {})]
    known = {row.call for row in rows} | set(table)
    if not calls or set(calls) - known:
        sys.exit(f"give calls with measured rows, some of: {', '.join(sorted(known)) or 'there are none'}")
    for call in calls:
        table[call] = {}
        for row in rows:
            if row.call == call:
                both = [tolerance(row, *each) for each in zip(("float64", "float32"), LEAST, strict=True)]
                table[call][str(row)] = both
                print(row, *both)
    MEASURED.write_text(written(table), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
