"""The same program with vectors of 4, 8 and 16 lanes, each in a process of its own."""

import os
import subprocess
import sys

import numpy as np
import pytest

#: Lanes of a float32 vector, on every processor with FMA.
WIDTHS = (4, 8, 16)


def in_every_width(code, samples, folder):
    """What `code` saves to `sys.argv[2]` with `numpy.savez`, by width; it finds the samples at `sys.argv[1]`.

    Kernels that a width needs are compiled once and kept, as always. There is no limit of time: how long
    they take depends on what else the machine is doing.
    """
    import llvmlite.binding

    features = llvmlite.binding.get_host_cpu_features()
    if not (features.get("fma") or features.get("neon")):
        pytest.skip("results are equal for every lane count on processors with FMA")
    np.save(folder / "samples.npy", samples)
    found = {}
    for lanes in WIDTHS:
        out = folder / f"{lanes}.npz"
        env = {**os.environ, "VOICEFEAT_LANES": str(lanes), "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-W", "ignore", "-c", code, str(folder / "samples.npy"), str(out)]
        subprocess.run(command, env=env, check=True)
        with np.load(out) as arrays:
            found[lanes] = {key: arrays[key] for key in arrays.files}
    return found
