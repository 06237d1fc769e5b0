"""Write the tables of docs/project.md from networks and runs: `python project_page.py RUNS --page PAGE`.

What stands between the page's markers is written anew: the table of what the term project said and did, and,
where RUNS has runs of configs/deepvoice/as_published, the table of its losses and accuracies beside ours.
"""

import argparse
import sys
from pathlib import Path

from detect.published import written

import voicefeat as vf


def main() -> int:
    """Write the page; 2 after a sentence about what is wrong."""
    parser = argparse.ArgumentParser(
        prog="project_page.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", type=Path, metavar="RUNS", help="the folder of runs: train.py's --out")
    parser.add_argument("--page", type=Path, required=True, metavar="PAGE", help="docs/project.md")
    given = parser.parse_args()
    try:
        if not given.page.is_file():
            raise vf.ParameterError(f"--page={str(given.page)!r}: is not there; give docs/project.md")
        text = written(given.page.read_text(encoding="utf-8"), given.runs)
    except (vf.ParameterError, OSError) as error:
        print(f"project_page.py: error: {error}", file=sys.stderr)
        return 2
    given.page.write_text(text, encoding="utf-8")
    print(given.page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
