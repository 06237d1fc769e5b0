"""Descriptors of the shape of a spectrum."""

from functools import partial
from typing import Any

from ..peers.with_audioflux import audioflux_descriptor
from ..peers.with_speech import psf_ssc
from ..peers.with_torchaudio import torchaudio_centroid
from ..row import CLIP_AND_MINUTE, Peers, Row, least


def flux(name: str, **more: Any) -> Peers:
    return {"audioflux": partial(audioflux_descriptor, name, **more)}


descriptor = partial(Row, targets=least(8), signals=CLIP_AND_MINUTE)

ROWS = [
    descriptor("spectral_centroid", "spectral_centroid",
               peers={"torchaudio": torchaudio_centroid, **flux("centroid")}),
    descriptor("spectral_bandwidth", "spectral_bandwidth", peers=flux("spread")),
    descriptor("spectral_rolloff", "spectral_rolloff", peers=flux("rolloff")),
    descriptor("spectral_flatness", "spectral_flatness", peers=flux("flatness", data="POWER")),
    # A valley is the logarithm of a smallest bin or two.
    descriptor("spectral_contrast", "spectral_contrast", tolerance=1e-3, kept=2 * 7 * 4.0),
    descriptor("poly_features", "poly_features, a line"),
    Row("ssc", "ssc, 26 mel bands, 512/160/400", rate=16000, signals=CLIP_AND_MINUTE, headline=False,
        peers={"librosa": lambda sr: None, "python_speech_features": psf_ssc}),
]  # fmt: skip
