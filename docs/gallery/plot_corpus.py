"""
From a corpus to scikit-learn
=============================

A list of recordings becomes a dataset of Parquet files, with labels and speakers; the dataset becomes the
matrix for a classifier. This page needs what `pip install ".[corpus]"` and `pip install scikit-learn`
install.
"""

# sphinx_gallery_thumbnail_number = 1
import csv
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import soundfile
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import voicefeat as vf
from voicefeat.corpus import inputs

# %%
# A corpus
# --------
# The recordings of the repository, each with another voice, are the bona fide speech; the same recordings
# after a vocoder are the spoofs. `manifest.csv` lists them.

temporary = tempfile.TemporaryDirectory()
folder = Path(temporary.name)
frames = {"n_fft": 512, "hop_length": 160, "win_length": 400}
with (folder / "manifest.csv").open("w", newline="") as lines:
    manifest = csv.writer(lines)
    manifest.writerow(["path", "label", "speaker"])
    for path in sorted(Path("../../examples/audio").glob("*_*.*")):
        y, sr = vf.load(path, sr=16000)
        mel = vf.melspectrogram(y, sr, n_mels=40, **frames)
        vocoded = vf.mel_to_audio(mel, sr, rng=0, length=len(y), **frames)
        for label, signal in (("bonafide", y), ("spoof", vocoded)):
            name = f"{path.stem}_{label}.wav"
            soundfile.write(folder / name, signal / max(1, np.abs(signal).max()), sr)
            manifest.writerow([name, label, path.stem])

# %%
# A dataset
# ---------
# In a shell this is `voicefeat extract --manifest manifest.csv --frontend asvspoof2019-lfcc --out lfcc`.
# The columns of the list go into the dataset.

found = inputs.read_manifest(folder / "manifest.csv")
vf.extract_corpus(found, folder / "lfcc", frontend="asvspoof2019-lfcc", progress=False)
dataset = vf.open_dataset(folder / "lfcc")
print(len(dataset), "recordings with", dataset.carried)

# %%
# A classifier
# ------------
# The vector of a recording is the mean and deviation of each row. Both recordings of a voice are held out
# together, so the classifier is tested on voices that it was not trained on.

x = np.array([list(vf.summarize(row.values, ["mean", "std"]).values()) for row in dataset])
y = dataset.column("label") == "bonafide"
speakers = dataset.column("speaker")
model = make_pipeline(StandardScaler(), LogisticRegression())
scores = cross_val_predict(model, x, y, groups=speakers, cv=LeaveOneGroupOut(), method="decision_function")
eer = vf.metrics.eer(scores[y], scores[~y])

figure, ax = plt.subplots(figsize=(8, 4), layout="constrained")
places = np.unique(speakers, return_inverse=True)[1]
ax.scatter(scores[y], places[y], marker="o", label="bona fide")
ax.scatter(scores[~y], places[~y], marker="x", label="vocoded")
ax.axvline(eer.threshold, color="0.5", linestyle=":", label="threshold of equal error rates")
ax.set(yticks=range(places.max() + 1), yticklabels=np.unique(speakers), xlabel="score")
ax.set_title(f"voices that were not heard before: EER {100 * eer.rate:.1f} %")
figure.legend(loc="outside right upper", frameon=False)
temporary.cleanup()
