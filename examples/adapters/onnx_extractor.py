"""A network in a file of ONNX for `voicefeat.extract_corpus` and `voicefeat.features`."""

import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np

try:
    import onnxruntime
except ModuleNotFoundError:
    raise ModuleNotFoundError("onnxruntime is not installed: pip install onnxruntime") from None


@lru_cache(maxsize=4)
def session(file, version):
    """The session of a file, once a process: it cannot be sent to others, the file's name can."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # recordings are shared out among threads
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


class OnnxFrontEnd:
    """The first output of a network with one input: (1, samples) float32 to (1, frames, rows).

    Parameters
    ----------
    file : path
        The network, with all weights in it.
    sample_rate : int
        The rate in Hz that it was trained at.
    name : str, optional
        What the dataset calls it; by default the name of the file.
    """

    def __init__(self, file, sample_rate=16000, name=None):
        self.file, self.sample_rate = Path(file).absolute(), sample_rate
        if not self.file.is_file():
            raise ValueError(f"file={str(file)!r}: is not there; give a file of ONNX")
        digest = hashlib.sha256(self.file.read_bytes()).hexdigest()[:16]
        self.version = f"{digest}, onnxruntime {onnxruntime.__version__}"
        self.name = name or self.file.stem
        try:
            given, made = self._session.get_inputs(), self._session.get_outputs()[0]
        except Exception as error:  # ONNX Runtime's own, of many kinds
            raise ValueError(f"file={str(file)!r}: ONNX Runtime cannot read it: {error}") from None
        if len(given) != 1 or len(given[0].shape) != 2 or len(made.shape) != 3:
            shapes = f"{[each.shape for each in given]} to {made.shape}"
            raise ValueError(f"file={str(file)!r}: maps {shapes}; export (1, samples) to (1, frames, rows)")
        self.rows = made.shape[2]
        if not isinstance(self.rows, int):
            raise ValueError(f"file={str(file)!r}: its number of rows is open; export it with a fixed one")

    @property
    def _session(self):
        return session(self.file, self.version)

    def __call__(self, y, sr):
        [name] = [each.name for each in self._session.get_inputs()]
        return self._session.run(None, {name: y[np.newaxis].astype(np.float32)})[0][0].T
