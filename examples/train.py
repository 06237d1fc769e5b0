"""Train a detector, score it, report: `python train.py configs/minifake/lfcc_gmm.toml --data DIR`."""

import sys

from detect.cli import main

if __name__ == "__main__":
    sys.exit(main())
