"""
When a stream gives its frames
==============================

A detector that listens to a call gets sound in pieces and wants features at once. `vf.stream` gives the
frames of the whole signal, bit for bit, each as soon as its last sample has arrived. The latency is what
some front ends must wait for beyond that.
"""

# sphinx_gallery_thumbnail_number = 1
import matplotlib.pyplot as plt
import numpy as np

import voicefeat as vf

y, sr = vf.load("../../examples/audio/en_gb_kettle.flac", sr=16000)
lfcc = vf.frontend("asvspoof2019-lfcc")
sliding = vf.frontend("torchaudio-mfcc-sliding-cmn").normalisation
means = lfcc.replace(normalisation=sliding).replace(normalisation__window=31, normalisation__center=True)
front_ends = {
    "frames alone": lfcc.replace(dynamics=None),
    "with deltas of deltas": lfcc,
    "with a centred mean of 31 frames": means,
}

# %%
# The first half second
# ---------------------
# Pieces of 10 ms are pushed. For each frame: the time of its middle, and the time at which it was given. The
# dotted line is a frame that is given at the time of its middle.

piece = sr // 100
figure, ax = plt.subplots(figsize=(8, 4.5), layout="constrained")
for mark, (name, front_end) in zip("os^", front_ends.items(), strict=True):
    stream = front_end.stream(sr)
    middles, came, given = [], [], []
    for start in range(0, len(y), piece):
        given.append(stream.push(y[start : start + piece]))
        middles.extend(stream.times())
        came.extend([min(start + piece, len(y)) / sr] * given[-1].shape[1])
    given.append(stream.finish())
    assert np.array_equal(np.concatenate(given, axis=1), front_end(y, sr))
    few = np.array(middles) < 0.5
    wait = 1000 * stream.latency.seconds
    ax.plot(
        np.array(middles)[few], np.array(came)[few], mark, markersize=4, label=f"{name}: latency {wait:g} ms"
    )
ax.plot([0, 0.5], [0, 0.5], ":", color="0.4")
ax.set(xlabel="middle of the frame, seconds", ylabel="came at, seconds", title="frames of three streams")
ax.legend()

# %%
# Latencies of front ends by name
# -------------------------------
# They are known in advance. A front end that needs the whole recording is refused, and the message says what
# to do.

waits, refused = {}, []
for name in vf.frontends():
    front_end = vf.frontend(name)
    try:
        waits[name] = 1000 * front_end.stream(front_end.signal.rate).latency.seconds
    except vf.ParameterError as error:
        refused.append(str(error))
print(refused[0])

counts = {wait: sum(other == wait for other in waits.values()) for wait in sorted(set(waits.values()))}
figure, ax = plt.subplots(figsize=(8, 2.5), layout="constrained")
bars = ax.barh([f"{wait:g} ms" for wait in counts], list(counts.values()))
ax.bar_label(bars, padding=3)
ax.set(xlabel="front ends", ylabel="latency", title="latencies of the front ends that have a stream")
