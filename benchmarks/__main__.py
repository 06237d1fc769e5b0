"""``python -m benchmarks``."""

import os
import sys

# One thread for everybody, and before numpy loads: afterwards it is too late.
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"

if __name__ == "__main__":
    from .command import main

    sys.exit(main())
