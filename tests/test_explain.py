"""Why two matrices differ: each trap by itself, pairs of golden files, and what cannot be explained."""

import numpy as np
import pytest
from signals import speech

import voicefeat as vf
from voicefeat.presets.stages import Energy, Normalisation

SR = 16000
Y = np.ascontiguousarray(speech(SR)[4000:12123], dtype=np.float64)

#: One trap a row: a preset, the settings changed, and the settings that are reported.
TRAPS = [
    ("asvspoof2019-lfcc", {"window": "hamming"}, {"framing.window"}),
    ("asvspoof2019-lfcc", {"align": "center"}, {"framing.align"}),
    ("torchaudio-mfcc-log", {"pad_mode": "constant"}, {"framing.pad_mode"}),
    ("torchaudio-mfcc-log", {"center": False}, {"framing.center"}),
    ("asvspoof2019-lfcc", {"partial": "drop"}, {"framing.partial"}),
    ("kaldi-fbank-23", {"partial": "mirror"}, {"framing.partial"}),
    ("asvspoof2019-lfcc", {"signal__preemphasis": 0.0}, {"signal.preemphasis"}),
    ("python-speech-features-mfcc", {"signal__first": "self"}, {"signal.first"}),
    (
        "kaldi-fbank-23",
        {"framing__preemphasis": 0.0, "signal__preemphasis": 0.97},
        {"framing.preemphasis", "signal.preemphasis"},
    ),
    ("kaldi-fbank-23", {"remove_dc": False}, {"framing.remove_dc"}),
    ("torchaudio-mfcc-log", {"power": 1.0}, {"spectrum.power"}),
    ("python-speech-features-fbank", {"divided": False}, {"spectrum.divided"}),
    ("kaldi-fbank-23", {"slopes": "hz"}, {"bands.slopes"}),
    ("python-speech-features-logfbank", {"edges": "exact"}, {"bands.edges"}),
    ("torchaudio-mel", {"norm": "slaney"}, {"bands.norm"}),
    ("torchaudio-mel", {"bands__scale": "slaney"}, {"bands.scale"}),
    ("asvspoof2021-lfcc-la-df", {"fmax": 8000.0}, {"bands.fmax"}),
    ("kaldi-fbank-23", {"fmin": 0.0}, {"bands.fmin"}),
    ("sahidullah2015-rfcc", {"nyquist": False}, {"bands.nyquist"}),
    ("asvspoof2019-lfcc", {"log": "ln"}, {"compression.log"}),
    ("torchaudio-mfcc-log", {"floor": 1e-6, "offset": 0.0}, {"compression.floor", "compression.offset"}),
    ("torchaudio-mfcc-log", {"offset": 1e-8}, {"compression.offset"}),
    ("torchaudio-mfcc", {"top_db": None}, {"compression.top_db"}),
    ("asvspoof2019-lfcc", {"cepstrum__norm": None}, {"cepstrum.norm"}),
    ("asvspoof2019-lfcc", {"cepstrum__norm": "htk"}, {"cepstrum.norm"}),
    ("kaldi-mfcc-c0", {"lifter": 0.0}, {"cepstrum.lifter"}),
    ("kaldi-mfcc-c0", {"lifter_from": 1}, {"cepstrum.lifter_from"}),
    ("kaldi-mfcc-c0", {"c0": "last"}, {"cepstrum.c0"}),
    ("kaldi-mfcc-c0", {"cepstrum__first": 1}, {"cepstrum.first"}),
    ("kaldi-mfcc-c0", {"energy": Energy("samples")}, {"energy"}),
    ("kaldi-mfcc", {"energy__of": "bins"}, {"energy.of"}),
    ("asvspoof2019-lfcc", {"divisor": 2.0}, {"dynamics.divisor"}),
    ("asvspoof2019-lfcc", {"dynamics": None}, {"dynamics"}),
    ("kaldi-mfcc-deltas", {"repeated": "again"}, {"dynamics.repeated"}),
    ("kaldi-mfcc-deltas", {"width": 3}, {"dynamics.width"}),
    ("wedefense-lfcc", {"along": "frames"}, {"dynamics.along"}),
    ("kaldi-fbank-80", {"signal__scale": 1.0}, {"signal.scale"}),
    ("kaldi-fbank-23", {"dither": 1.0}, {"signal.dither"}),
    ("kaldi-mfcc", {"normalisation": Normalisation()}, {"normalisation"}),
    ("asvspoof2019-lfcc", {"hop_length": 240}, {"framing.hop_length"}),
    ("asvspoof2019-lfcc", {"n_fft": 1024}, {"framing.n_fft"}),
    # two at once
    ("asvspoof2019-lfcc", {"window": "hann", "log": "ln"}, {"framing.window", "compression.log"}),
    ("kaldi-mfcc-c0", {"signal__scale": 1.0, "lifter": 0.0}, {"signal.scale", "cepstrum.lifter"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "changes", "settings"), TRAPS, ids=lambda v: str(v) if isinstance(v, str) else None
)
def test_each_trap(name, changes, settings):
    """The second matrix is in single precision and lies the other way round, which is a trap of its own."""
    fe = vf.frontend(name)
    other = fe.replace(**changes)
    found = vf.explain(fe(Y, SR), other(Y, SR).T.astype("float32"), Y, SR)
    assert found.explained, str(found)
    assert {d.setting for d in found.differences} == settings, str(found)
    assert found.turned == (False, True) and "orientation: b is (frames, rows)" in str(found)
    assert found.errors[0] < 1e-9 and found.errors[1] < 1e-6
