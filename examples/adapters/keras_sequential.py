"""Recordings to arrays, and a network of Keras 3 on them; Keras computes with PyTorch."""

import os

import numpy as np

import voicefeat as vf

os.environ.setdefault("KERAS_BACKEND", "torch")  # before the import, which reads it
try:
    import keras
except ModuleNotFoundError as error:  # of Keras, or of PyTorch, with which it computes
    raise ModuleNotFoundError(f"{error.name} is not installed: pip install keras torch") from None


def arrays(recordings, frontend, frames, sr=16000):
    """float32 array of shape (recordings, frames, rows): the beginning of each, or the whole repeated.

    Parameters
    ----------
    recordings : sequence of paths or arrays of shape (n,)
        What is classified.
    frontend : FrontEnd or str
        What to compute.
    frames : int
        Length of an item.
    sr : float
        Sampling rate in Hz: of signals, and that paths are read at.
    """
    front = vf.frontend(frontend) if isinstance(frontend, str) else frontend
    made = np.empty((len(recordings), frames, len(front.rows)), np.float32)
    for item, recording in zip(made, recordings, strict=True):
        is_path = isinstance(recording, (str, os.PathLike))
        x = front(vf.load(recording, sr=sr)[0] if is_path else recording, sr).T
        item[:] = np.resize(x, (frames, x.shape[1]))
    return made


def network(training, units=32, seed=0):
    """Two layers of convolution over time, their mean, one probability; scaled by what it is trained with."""
    keras.utils.set_random_seed(seed)
    scale = keras.layers.Normalization()
    scale.adapt(training)
    model = keras.Sequential([
        keras.Input(training.shape[1:]),
        scale,
        keras.layers.Conv1D(units, 5, activation="relu"),
        keras.layers.Conv1D(units, 5, activation="relu"),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, activation="sigmoid"),
    ])  # fmt: skip
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model
