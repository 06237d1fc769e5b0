"""What the numbers were measured on, and with."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import voicefeat as vf
from voicefeat.engine.simd import LANES32

from .floor import LIBRARIES as FFT_LIBRARIES
from .peers import LIBRARIES

__all__ = ["flags", "machine", "versions"]


def _cpuinfo(key: str) -> str:
    try:
        found = re.search(rf"^{key}\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else ""


def flags() -> set[str]:
    """The processor's features, as Linux names them."""
    return set((_cpuinfo("flags") or _cpuinfo("Features")).split())


def _caches() -> str:
    folder = Path("/sys/devices/system/cpu/cpu0/cache")
    found = []
    for index in sorted(folder.glob("index*")):
        kind = (index / "type").read_text().strip()
        if kind != "Instruction":
            found.append(f"L{(index / 'level').read_text().strip()} {(index / 'size').read_text().strip()}")
    return ", ".join(found)


def machine() -> dict[str, str]:
    """The machine in a few lines."""
    simd = [name for name in ("sse4_2", "avx2", "fma", "avx512f", "asimd") if name in flags()]
    family = f"family {_cpuinfo('cpu family')} model {_cpuinfo('model')}" if _cpuinfo("cpu family") else ""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = " ".join(f"{x:.2f}" for x in os.getloadavg()) if hasattr(os, "getloadavg") else ""
    facts = {
        "processor": ", ".join(filter(None, [_cpuinfo("model name") or platform.processor(), family])),
        "cores": f"{cores}",
        "vector instructions": ", ".join(simd) or "unknown",
        "lanes": f"{LANES32} lanes",
        "caches": _caches(),
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "load at the start": load,
    }
    return {name: value for name, value in facts.items() if value}


def versions() -> dict[str, str]:
    """Installed versions of what is compared and of what both stand on."""
    found = {"voicefeat": vf.__version__}
    for name in ["numpy", "scipy", "numba", "soundfile", "miniaudio", *LIBRARIES.values(), *FFT_LIBRARIES]:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
