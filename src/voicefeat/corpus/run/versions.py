"""The versions of the libraries that the values of a dataset depend on."""

from __future__ import annotations

import numpy as np

__all__ = ["versions"]


def versions() -> dict[str, str]:
    """The versions of voicefeat, numpy, soxr and libsndfile."""
    import soundfile
    import soxr

    from ... import __version__

    return {
        "voicefeat": __version__,
        "numpy": np.__version__,
        "soxr": soxr.__version__,
        "libsndfile": soundfile.__libsndfile_version__,
    }
