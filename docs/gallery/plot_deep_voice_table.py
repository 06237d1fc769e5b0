"""
The table of DEEP-VOICE
=======================

Most people know DEEP-VOICE as a table: 26 numbers for each second of speech. `corpus.make_table`, or
`voicefeat table` in a shell, makes that table of your own recordings, with the columns that the published
one lacks: file, window and speakers. This page needs pandas: `pip install pandas`.
"""

# sphinx_gallery_thumbnail_number = 1
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import soundfile

import voicefeat as vf
from voicefeat.corpus import make_table

# %%
# A folder for each class
# -----------------------
# Below `REAL` the recordings, below `FAKE` the same from a vocoder, which stands for the voice converters
# of DEEP-VOICE. Speakers are read from names such as `anna-to-ben` and `anna-original`.

temporary = tempfile.TemporaryDirectory()
voices = Path(temporary.name, "voices")
recordings = {
    "anna": "en_us_harbour.flac",
    "ben": "en_gb_kettle.flac",
    "clara": "it_chiave.wav",
    "dan": "de_fenster.flac",
}
frames = {"n_fft": 512, "hop_length": 160, "win_length": 400}
names = list(recordings)
for number, (name, file) in enumerate(recordings.items()):
    y, sr = vf.load(f"../../examples/audio/{file}", sr=16000)
    mel = vf.melspectrogram(y, sr, n_mels=40, **frames)
    vocoded = vf.mel_to_audio(mel, sr, rng=0, length=len(y), **frames)
    other = names[number - 1]
    for path, signal in ((f"REAL/{name}-original.wav", y), (f"FAKE/{name}-to-{other}.wav", vocoded)):
        (voices / path).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(voices / path, signal / max(1, np.abs(signal).max()), sr)

made = make_table(voices, Path(temporary.name, "table.csv"), groups=True, progress=False)
table = pd.read_csv(made.file)
print(table.iloc[:, [*range(3), -5, -4, -3, -2, -1]].head(3).to_string(index=False))

# %%
# What separates the classes
# --------------------------
# The mean of each column over the rows of a class, minus that of all rows, in standard deviations of the
# column. Here both classes have the same sentences. In a corpus where they have not, such a picture also
# shows the differences of the sentences.

columns = list(table.columns[:26])
scaled = (table[columns] - table[columns].mean()) / table[columns].std()
means = scaled.groupby(table["LABEL"]).mean()
figure, ax = plt.subplots(figsize=(7, 6), layout="constrained")
for mark, (label, row) in zip("os", means.iterrows(), strict=True):
    ax.plot(row, columns, mark, label=f"{label}, {(table['LABEL'] == label).sum()} rows")
ax.axvline(0, color="0.7", linewidth=1, zorder=0)
ax.set(xlabel="mean of the class, deviations", title="columns of the table, by class")
ax.invert_yaxis()
ax.legend()

# %%
# Speakers apart
# --------------
# If the speaker of each row is known, you can test whether a detector has learnt the class or the voices.
# Here a picture is enough: in these two columns, seconds of one speaker are closer to each other than those
# of one class.

figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
for colour, (speaker, rows) in enumerate(table.groupby("source_speaker")):
    for label, mark in (("REAL", "o"), ("FAKE", "s")):
        part = rows[rows["LABEL"] == label]
        fill = f"C{colour}" if label == "REAL" else "none"
        ax.scatter(part["mfcc2"], part["mfcc5"], marker=mark, facecolors=fill, edgecolors=f"C{colour}",
                   label=f"{speaker}, {label}")  # fmt: skip
ax.set(xlabel="mfcc2", ylabel="mfcc5", title="seconds of four speakers")
figure.legend(loc="outside right upper", frameon=False)
temporary.cleanup()
