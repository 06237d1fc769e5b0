"""Draws readme.png: a recording, its mel spectrogram, and the LFCC of the ASVspoof baseline.

    python docs/pictures/readme.py

Needs matplotlib (the extra plot).
"""

from pathlib import Path

import matplotlib.pyplot as plt

import voicefeat as vf

HERE = Path(__file__).resolve().parent


def main():
    y, sr = vf.load(HERE / "../../examples/audio/en_gb_kettle.flac", sr=16000)
    mel = vf.power_to_db(vf.melspectrogram(y=y, sr=sr, n_fft=512, hop_length=160, n_mels=80), ref=1.0)
    lfcc = vf.frontend("asvspoof2019-lfcc")(y, sr)[1:20]
    seconds = len(y) / sr
    plt.rcParams["font.size"] = 8
    figure, (wave, bands, cepstra) = plt.subplots(
        3, 1, figsize=(7.2, 4.2), sharex=True, height_ratios=[1, 2, 2]
    )
    wave.plot([i / sr for i in range(len(y))], y, linewidth=0.4)
    wave.set(ylabel="recording", yticks=[])
    at = {"origin": "lower", "aspect": "auto", "interpolation": "nearest"}
    bands.imshow(mel, extent=(0, seconds, 0, 80), vmin=mel.max() - 70, **at)
    bands.set(ylabel="mel band")
    most = abs(lfcc).max() / 2
    cepstra.imshow(lfcc, extent=(0, seconds, 1, 20), cmap="RdBu", vmin=-most, vmax=most, **at)
    cepstra.set(ylabel="LFCC", xlabel="time in s")
    figure.tight_layout()
    figure.savefig(HERE / "readme.png", dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
