"""Critical bands, PLP, gammatone filters, relative phase: librosa lacks them, so our times stand alone."""

from functools import partial
from typing import Any

from ..peers.with_speech import spafe_pncc
from ..row import CLIP_AND_MINUTE, Row


def alone(sr: int, **settings: Any) -> None:
    """librosa has none."""


row = partial(Row, rate=16000, signals=CLIP_AND_MINUTE, peers={"librosa": alone})

#: Bytes a frame of the best pitch in every range that the clip may turn out to have, and its sum.
_RUNS = 16.0 * 24

ROWS = [
    row("bark_spectrogram", "bark_spectrogram, 512/160/400"),
    row("plp", "plp, order 12, 512/160/400"),
    row("rasta_plp", "rasta_plp, order 12, 512/160/400"),
    row("gammatone_spectrogram", "gammatone_spectrogram, 64 filters"),
    row("gammatone_spectrogram", "gammatone_spectrogram, 64 filters by transform", {"method": "fft"}),
    row("pncc", "pncc, 40 filters", peers={"librosa": alone, "spafe": spafe_pncc}),
    row("rps", "rps, 20 filters", longest=10, kept=_RUNS),
    row("srh_pitch", "srh_pitch, 80 to 500 Hz", longest=10, kept=_RUNS),
    row("detect_pitch_frequency", "detect_pitch_frequency, defaults"),
]
