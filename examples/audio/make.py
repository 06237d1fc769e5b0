"""Speak the example clips again: ``python make.py`` (needs espeak-ng on PATH, and voicefeat's own
dependencies soundfile and soxr).

The sentences were written for this project. The synthesizer's 22,050 Hz output is kept or resampled
as the table says, scaled to one peak, and written in the container that the name says.
"""

import io
import subprocess
from pathlib import Path

import numpy as np
import soundfile
import soxr

# file name, voice, words per minute, sampling rate, sentence
CLIPS = [
    ("en_gb_kettle.flac", "en-gb", 150, 16000, "The kettle sings before the window turns to gold."),
    ("en_us_harbour.flac", "en-us+f3", 155, 22050, "Three small boats left the harbour in the rain."),
    ("en_scotland_train.wav", "en-gb-scotland", 165, 16000, "Is the last train still on platform nine?"),
    ("de_fenster.flac", "de+m3", 150, 16000, "Bitte schließen Sie das Fenster, es wird kühl."),
    ("fr_pain.ogg", "fr-fr+f2", 155, 22050, "Le boulanger ouvre sa porte avant le soleil."),
    ("es_naranja.ogg", "es-419+m1", 155, 16000, "La naranja rueda despacio por la mesa."),
    ("it_chiave.wav", "it+f4", 155, 16000, "Ho perso la chiave del giardino."),
    ("sv_sno.flac", "sv+m5", 145, 22050, "Snön faller tyst över den gamla bron."),
]
PEAK = 0.5


def speak(voice, speed, sentence):
    """One sentence as (samples, rate), without the silence at its ends."""
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", sentence]
    wav = subprocess.run(command, check=True, capture_output=True).stdout
    y, rate = soundfile.read(io.BytesIO(wav), dtype="float64")
    loud = np.flatnonzero(np.abs(y) > 1e-3)
    margin = rate // 10
    return y[max(loud[0] - margin, 0) : loud[-1] + margin], rate


def main():
    folder = Path(__file__).parent
    for name, voice, speed, rate, sentence in CLIPS:
        y, spoken_at = speak(voice, speed, sentence)
        if rate != spoken_at:
            y = soxr.resample(y, spoken_at, rate, quality="HQ")
        y *= PEAK / np.abs(y).max()
        soundfile.write(folder / name, y, rate)
        print(f"{name:24s} {len(y) / rate:5.2f} s  {rate} Hz  {(folder / name).stat().st_size:7d} bytes")


if __name__ == "__main__":
    main()
