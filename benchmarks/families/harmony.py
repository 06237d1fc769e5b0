"""Chroma, and the tuning that it asks for."""

from ..peers.with_audioflux import audioflux_chroma
from ..row import CLIP_AND_MINUTE, Row, times

ROWS = [
    Row("chroma_stft", "chroma_stft, tuning given", {"tuning": 0.0}, targets=times(8, 8),
        peers={"audioflux": audioflux_chroma}),
    Row("chroma_stft", "chroma_stft, tuning estimated", targets=times(8, 8)),
    Row("estimate_tuning", "estimate_tuning", signals=CLIP_AND_MINUTE, kept=None, headline=False),
    Row("piptrack", "piptrack", signals=CLIP_AND_MINUTE, headline=False),
]  # fmt: skip
