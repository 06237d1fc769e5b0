"""
One clip through the chain
==========================

Every feature of a framed signal is a part of one chain. Here a clip goes through it stage by stage:
samples, spectrum, bands, decibels, cepstrum.
"""

# sphinx_gallery_thumbnail_number = 3
import matplotlib.pyplot as plt

import voicefeat as vf

y, sr = vf.load("../../examples/audio/en_gb_kettle.flac", sr=16000)
frames = {"n_fft": 512, "hop_length": 160, "win_length": 400}

# %%
# Signal
# ------
# Samples of one channel, between -1 and 1.

figure, ax = plt.subplots(figsize=(8, 2), layout="constrained")
vf.plot.waveform(y, sr, ax=ax)
ax.set_title("signal")

# %%
# Spectrum
# --------
# Frames of 25 ms, every 10 ms, are weighed by a window and transformed. Most of speech lies below 4 kHz.

power = vf.spectrogram(y, power=2.0, **frames)
figure, ax = plt.subplots(figsize=(8, 3), layout="constrained")
vf.plot.spectrogram(power, sr, feature="spectrogram", power=2.0, db=True, ax=ax, **frames)
ax.set_title("power spectrum in decibels below the peak")

# %%
# Bands
# -----
# Forty triangular filters gather the bins; they are narrow at low frequencies and wide at high ones.

bank = {"n_mels": 40}
mel = vf.melspectrogram(y, sr, **bank, **frames)
figure, ax = plt.subplots(figsize=(8, 3), layout="constrained")
vf.plot.spectrogram(mel, sr, feature="melspectrogram", db=True, ax=ax, **bank, **frames)
ax.set_title("mel bands in decibels below the peak")

# %%
# Compression and cepstrum
# ------------------------
# A cosine transform describes the coarse shape of the decibels of a frame by a few coefficients. `mfcc`
# does all of this at once.

decibels = vf.power_to_db(mel)
mfcc = vf.mfcc(S=decibels, n_mfcc=13)
assert mfcc.shape == vf.mfcc(y, sr, n_mfcc=13, **bank, **frames).shape
figure, ax = plt.subplots(figsize=(8, 3), layout="constrained")
vf.plot.spectrogram(mfcc[1:], sr, feature="mfcc", ax=ax, **frames)
ax.set_title("cepstral coefficients 1 to 12")
