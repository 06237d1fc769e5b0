"""Descriptors of the shape of a spectrum."""

from functools import partial
from typing import Any

from ..peers.with_afx import afx
from ..peers.with_audioflux import audioflux_descriptor
from ..peers.with_speech import psf_ssc
from ..peers.with_torchaudio import torchaudio_centroid
from ..row import CLIP_AND_MINUTE, Peers, Row, least


def flux(name: str, **more: Any) -> Peers:
    return {"audioflux": partial(audioflux_descriptor, name, **more)}


def like(name: str) -> Peers:
    return {"afx_audio": partial(afx, name)}


# torchaudio's centroid pads by reflection, so its numbers differ at the ends.
descriptor = partial(Row, targets=least(8), signals=CLIP_AND_MINUTE, alike={"afx_audio": 1e-5})

ROWS = [
    descriptor("spectral_centroid", "spectral_centroid", headline=True,
               peers={"torchaudio": torchaudio_centroid, **flux("centroid"), **like("spectral_centroid")}),
    descriptor("spectral_bandwidth", "spectral_bandwidth",
               peers={**flux("spread"), **like("spectral_bandwidth")}),
    descriptor("spectral_rolloff", "spectral_rolloff",
               peers={**flux("rolloff"), **like("spectral_rolloff")}),
    descriptor("spectral_flatness", "spectral_flatness",
               peers={**flux("flatness", data="POWER"), **like("spectral_flatness")}),
    # A valley is the logarithm of a smallest bin or two.
    descriptor("spectral_contrast", "spectral_contrast", tolerance=1e-3, kept=2 * 7 * 4.0,
               peers=like("spectral_contrast"), alike={"afx_audio": 1e-3}),
    descriptor("poly_features", "poly_features, a line"),
    Row("ssc", "ssc, 26 mel bands, 512/160/400", rate=16000, signals=CLIP_AND_MINUTE,
        peers={"librosa": lambda sr: None, "python_speech_features": psf_ssc}),
]  # fmt: skip
