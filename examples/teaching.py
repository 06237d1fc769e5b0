"""Write the corpus that the course generates, and a call for the guard: `teaching.py FOLDER`.

With --conversions SECONDS: instead of it, eight made-up voices and the conversion of each to the seven
others, 64 recordings of so many seconds in the layout of DEEP-VOICE.
"""

import argparse
import sys
from pathlib import Path

from detect import teaching


def main() -> int:
    """Write what was asked for; 2 after a sentence about what is wrong."""
    parser = argparse.ArgumentParser(
        prog="teaching.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where to write; it is made")
    parser.add_argument("--conversions", type=float, default=0.0, metavar="SECONDS", help="of each recording")
    given = parser.parse_args()
    if given.conversions and not 1 <= given.conversions <= 3600:
        print("teaching.py: error: --conversions: must be 1 to 3600 seconds; give another", file=sys.stderr)
        return 2
    try:
        given.folder.mkdir(parents=True, exist_ok=True)
        if given.conversions:
            made = teaching.conversions(given.folder, given.conversions)
            print(f"{given.folder}: {len(made)} recordings of {given.conversions:g} s in REAL and FAKE")
            return 0
        clips = teaching.teaching(given.folder).clips
        teaching.call(given.folder / "call.wav")
    except OSError as error:
        print(
            f"teaching.py: error: FOLDER={str(given.folder)!r}: cannot be written ({error})", file=sys.stderr
        )
        return 2
    print(f"{given.folder}: {len(clips)} clips, manifest.csv and call.wav, forged from 20 to 40 s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
