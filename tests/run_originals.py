"""Run published programs that pip installs, and keep what they return: ``python tests/run_originals.py``.

Writes ``data/golden_run``: one array per program, call and clip, and a table that says which version ran.
Needs the extra `bench`, which has spafe.
"""

import csv
from importlib.metadata import version

import golden
import numpy as np

#: The clips of the repository's set that the programs are run on.
CLIPS = ("short", "gap")
#: Name of the array, and the function of spafe with its arguments besides the signal.
SPAFE = {
    "spafe_run__lfcc": ("lfcc", {"fs": 16000}),
    "spafe_run__lfcc_70": (
        "lfcc",
        {"fs": 16000, "num_ceps": 20, "nfilts": 70, "nfft": 1024, "high_freq": 4000},
    ),
}


def results() -> dict[str, dict[str, np.ndarray]]:
    """What spafe returns of samples in [-1, 1): by array and clip, float64 (frames, coefficients)."""
    import spafe.features.lfcc as programs

    clips = golden.read_clips(golden.SMALL, golden.SMALL.parent)
    return {
        name: {clip: getattr(programs, function)(clips[clip][0] / 32768, **arguments) for clip in CLIPS}
        for name, (function, arguments) in SPAFE.items()
    }


def main() -> None:
    golden.RUN.mkdir(exist_ok=True)
    with open(golden.SMALL / "inputs.csv", newline="", encoding="utf-8") as f:
        rows = [row for row in csv.reader(f) if row[0] in ("clip", *CLIPS)]
    with open(golden.RUN / "inputs.csv", "w", newline="", encoding="utf-8") as f:
        csv.writer(f, lineterminator="\n").writerows(rows)
    with open(golden.RUN / "provenance.csv", "w", newline="", encoding="utf-8") as f:
        table = csv.writer(f, lineterminator="\n")
        table.writerow(["name", "origin", "call", "licence"])
        for name, arrays in results().items():
            np.savez_compressed(golden.RUN / f"{name}.npz", **arrays)
            function, arguments = SPAFE[name]
            call = f"{function}(y, {', '.join(f'{k}={v}' for k, v in arguments.items())})"
            origin = f"spafe {version('spafe')}, numpy {version('numpy')}"
            table.writerow([name, origin, call, "BSD-3-Clause"])
            print(name, origin, *(f"{clip} {array.shape}" for clip, array in arrays.items()))


if __name__ == "__main__":
    main()
