"""asrfront's side of the rows, C with eight frames in the lanes: features of Whisper, and Kaldi's bank."""

from __future__ import annotations

from typing import Any

from . import Call

#: asrfront has no other rate.
RATE = 16000


def asrfront_whisper(sr: int, **settings: Any) -> Call | None:
    """Whisper's log-mel spectrogram of the signal as it is, not padded to thirty seconds."""
    from asrfront.whisper import log_mel

    return None if sr != RATE else lambda y: log_mel(y, pad_or_trim=False)


def asrfront_fbank(sr: int, **settings: Any) -> Call | None:
    """80 logarithmic bands of Kaldi under Hamming's window, without stacking and normalisation."""
    from asrfront.sensevoice import fbank_raw

    return None if sr != RATE else lambda y: fbank_raw(y).T
