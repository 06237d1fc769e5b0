"""
MFCC and LFCC of vocoded speech
===============================

A vocoder makes a signal from a mel spectrogram, whose filters are wide at high frequencies, so detail is
lost there. MFCC use the same wide filters; the filters of LFCC are as narrow at 7 kHz as at 300 Hz. That is
one reason why detectors use LFCC.
"""

# sphinx_gallery_thumbnail_number = 2
import matplotlib.pyplot as plt
import numpy as np

import voicefeat as vf

# A sentence of LJSpeech (public domain).
y, sr = vf.load("../../tests/data/golden/inputs/lj22.flac", sr=16000)
frames = {"n_fft": 512, "hop_length": 160, "win_length": 400}

# %%
# Speech, and speech from a vocoder
# ---------------------------------
# The vocoder is a simple one: it finds a spectrum with these forty mel bands, and a phase for it by the
# iteration of Griffin and Lim.

mel = vf.melspectrogram(y, sr, n_mels=40, **frames)
vocoded = vf.mel_to_audio(mel, sr, rng=0, length=len(y), **frames)

figure, axes = plt.subplots(2, sharex=True, figsize=(8, 5), layout="constrained")
for ax, signal, title in zip(axes, (y, vocoded), ("recorded", "vocoded"), strict=True):
    power = vf.spectrogram(signal, power=2.0, **frames)
    image = vf.plot.spectrogram(power, sr, feature="spectrogram", power=2.0, db=True, ax=ax, **frames)
    ax.set_title(f"{title} speech")
figure.colorbar(image, ax=axes, format="%+.0f dB")

# %%
# The difference in the bands
# ---------------------------
# The difference of recorded and vocoded speech in each of forty bands, averaged over the frames. Above 2 kHz
# the mel filters are those that the vocoder used, so the difference is small. (Below 1 kHz, which is left out
# here, it is the other way round: there the mel filters are the narrow ones.)

banks = {
    "mel": (lambda s: vf.melspectrogram(s, sr, n_mels=40, **frames), vf.mel_frequencies(42, fmax=sr / 2)),
    "linear": (lambda s: vf.linear_spectrogram(s, sr, n_filters=40, **frames), np.linspace(0, sr / 2, 42)),
}
figure, ax = plt.subplots(figsize=(8, 3.5), layout="constrained")
for scale, (bank, edges) in banks.items():
    one, other = (vf.power_to_db(bank(s), ref=np.max, top_db=60) for s in (y, vocoded))
    apart, middle = np.abs(one - other).mean(axis=1), edges[1:-1]
    high = apart[middle > 2000].mean()
    ax.plot(middle, apart, "o-", markersize=4, label=f"{scale} bands, {high:.1f} dB on average above 2 kHz")
ax.set(xlim=(1000, sr / 2), ylim=(0, 4), xlabel="Hz", ylabel="mean difference, dB")
ax.set_title("recorded against vocoded speech, band by band")
ax.legend()

# %%
# The difference in the cepstra
# -----------------------------
# The same for the coefficients of both, from 1 kHz up, relative to the standard deviation of the coefficient
# within the sentence. Higher coefficients describe finer detail along frequency, where LFCC differ more.

settings = {"fmin": 1000.0, "top_db": 60, **frames}
cepstra = {
    "MFCC": lambda s: vf.mfcc(s, sr, n_mfcc=20, n_mels=40, **settings),
    "LFCC": lambda s: vf.lfcc(s, sr, n_lfcc=20, n_filters=40, **settings),
}
figure, ax = plt.subplots(figsize=(8, 3), layout="constrained")
for place, (name, cepstrum) in enumerate(cepstra.items()):
    one, other = cepstrum(y), cepstrum(vocoded)
    apart = np.abs(one - other).mean(axis=1) / one.std(axis=1)
    ax.bar(np.arange(20) + 0.4 * place, apart, 0.4, label=f"{name}, {apart.mean():.2f} on average")
ax.set(xticks=np.arange(20) + 0.2, xticklabels=range(20), xlabel="coefficient", ylabel="part of a deviation")
ax.set_title("mean difference of recorded and vocoded speech")
ax.legend()
