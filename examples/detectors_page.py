"""Write the manual's page of detectors from runs: `python detectors_page.py runs --out PAGE`."""

import argparse
import sys
from pathlib import Path

from detect.page import page

import voicefeat as vf


def main() -> int:
    """Write the page; 2 after a sentence about what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path, metavar="RUNS", help="the folder of runs: train.py's --out")
    parser.add_argument("--out", type=Path, default=Path("detectors.md"), metavar="PAGE")
    given = parser.parse_args()
    try:
        text = page(given.runs)
    except vf.ParameterError as error:
        print(f"detectors_page.py: error: {error}", file=sys.stderr)
        return 2
    given.out.write_text(text, encoding="utf-8")
    print(given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
