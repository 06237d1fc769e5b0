"""Write the corpus that the course generates, and a call for the guard: `teaching.py FOLDER`."""

import sys
from pathlib import Path

from detect import teaching


def main() -> int:
    """Write the clips, manifest.csv and call.wav; 2 after a sentence about what is wrong."""
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(f"{__doc__}\nteaching.py: error: name one FOLDER, which is made", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        clips = teaching.teaching(folder).clips
        teaching.call(folder / "call.wav")
    except OSError as error:
        print(f"teaching.py: error: FOLDER={str(folder)!r}: cannot be written ({error})", file=sys.stderr)
        return 2
    print(f"{folder}: {len(clips)} clips, manifest.csv and call.wav, forged from 20 to 40 s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
