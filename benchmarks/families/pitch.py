"""Fundamental frequency."""

from functools import partial

from ..peers.with_audioflux import audioflux_yin
from ..row import CLIP_AND_MINUTE, Row, least

_RANGE = {"fmin": 65.0, "fmax": 2093.0}
_VOICE = {"fmin": 65.0, "fmax": 600.0}
row = partial(Row, signals=CLIP_AND_MINUTE)

ROWS = [
    row("yin", "yin, 65 to 2093 Hz", _RANGE, targets=least(8), peers={"audioflux": audioflux_yin}),
    row("pyin", "pyin, 65 to 2093 Hz", _RANGE, targets=least(5), longest=5, headline=True),
    row("pyin", "pyin, 65 to 600 Hz", _VOICE, targets=least(5), longest=5),
]  # fmt: skip
