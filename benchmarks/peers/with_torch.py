"""Front ends in plain torch, as scripts have them: frames, transform, bank, logarithm, DCT, deltas.

Windows, banks and matrices are voicefeat's own, made once outside the timing, so that the numbers agree and
the time is torch's alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import voicefeat as vf
from voicefeat.presets.banks import bank_at

from . import Call
from .with_torchaudio import torchaudio_call

#: What a plain version does to the logarithm's argument.
_LOGS = {"ln": "log", "log10": "log10", "db": "log10"}


def plain_torch(name: str, sr: int) -> Call | None:
    """The front end `name`; None where it prepares frames one by one, or is no chain of frames."""
    import torch

    fe = vf.frontend(name)
    frames = fe.framing
    if frames is None or fe.bands is None or frames.remove_dc or frames.preemphasis or fe.energy is not None:
        return None
    bank = np.asarray(bank_at(fe.bands, float(sr), frames.n_fft).matrix())
    turn = None if fe.cepstrum is None else torch.from_numpy(fe.cepstrum.matrix(len(bank)).astype("f"))
    bank = torch.from_numpy(bank.astype("f"))
    window = torch.from_numpy(frames.window_array().astype("f"))

    def transform(y):
        if fe.signal.preemphasis:
            y = torch.cat([y[..., :1], y[..., 1:] - fe.signal.preemphasis * y[..., :-1]], dim=-1)
        spectrum = torch.stft(
            y, frames.n_fft, frames.hop_length, frames.n_fft, window, frames.center,
            frames.pad_mode if frames.center else "constant", return_complex=True,
        ).abs()  # fmt: skip
        x = bank @ (spectrum if fe.spectrum.power == 1.0 else spectrum**fe.spectrum.power)
        log = fe.compression
        if log is not None:
            floor = max(log.floor, float(np.finfo("f").tiny))
            x = getattr(torch, _LOGS[log.log])(torch.clamp(x + log.offset, min=floor))
        if turn is not None:
            x = turn @ x
        return _deltas(x, fe.dynamics)

    return torchaudio_call(transform)


def _deltas(x: Any, dynamics: Any) -> Any:
    """The features with their deltas below them."""
    import torch

    if dynamics is None:
        return x
    j = np.arange(-dynamics.width, dynamics.width + 1)
    divisor = float((j * j).sum() if dynamics.divisor == "regression" else dynamics.divisor)
    kernel = torch.from_numpy((j / divisor).astype("f"))
    parts = [x]
    for _ in range(dynamics.orders):
        width = dynamics.width
        padded = torch.nn.functional.pad(parts[-1][None], (width, width), mode="replicate")[0]
        count = padded.shape[-1] - 2 * width
        parts.append(sum(k * padded[:, i : i + count] for i, k in enumerate(kernel) if k))
    return torch.cat(parts, dim=-2)
