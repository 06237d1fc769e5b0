"""The versions of everything that has a say in the samples."""

from __future__ import annotations

import numpy as np

__all__ = ["versions"]


def versions() -> dict[str, str]:
    """The versions of everything that has a say in the numbers of a dataset."""
    import soundfile
    import soxr

    from ... import __version__

    return {
        "voicefeat": __version__,
        "numpy": np.__version__,
        "soxr": soxr.__version__,
        "libsndfile": soundfile.__libsndfile_version__,
    }
