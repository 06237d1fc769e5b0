"""Frames on standard output: CSV, JSON lines, or arrays."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING

from ..errors import ParameterError
from ..files.csv_lines import csv_writer

if TYPE_CHECKING:
    import numpy as np

__all__ = ["WRITERS", "FrameWriter"]


class FrameWriter:
    """Writes frames to a file of bytes; each piece is flushed."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.begun: bool = False

    def write(self, rows: list[str], times: np.ndarray, frames: np.ndarray) -> None:
        """Write frames (frames, rows) with the names of the rows, and their times."""
        if not len(frames):
            return
        piece = self.piece(times, frames)
        self.file.write(piece if self.begun else self.head(rows) + piece)
        self.file.flush()
        self.begun = True

    def head(self, rows: list[str]) -> bytes:
        """The text before the first frame."""
        return b""

    def piece(self, times: np.ndarray, frames: np.ndarray) -> bytes:
        """A piece as bytes."""
        raise NotImplementedError


class Csv(FrameWriter):
    """A line of names, and one for each frame; every number is read back unchanged."""

    def head(self, rows: list[str]) -> bytes:
        line = io.StringIO(newline="")
        csv_writer(line).writerow(["time", *rows])
        return line.getvalue().encode()

    def piece(self, times: np.ndarray, frames: np.ndarray) -> bytes:
        pairs = zip(times.tolist(), _texts(frames).tolist(), strict=True)
        return "".join([f"{time},{','.join(values)}\n" for time, values in pairs]).encode()


class JsonLines(FrameWriter):
    """One object per frame; values that are not finite, which JSON lacks, are null."""

    def piece(self, times: np.ndarray, frames: np.ndarray) -> bytes:
        import numpy as np

        texts = np.where(np.isfinite(frames), _texts(frames), "null")
        pairs = zip(times.tolist(), texts.tolist(), strict=True)
        line = '{{"time": {}, "values": [{}]}}\n'
        return "".join([line.format(time, ", ".join(values)) for time, values in pairs]).encode()


class Npy(FrameWriter):
    """An .npy array (frames, rows) for each piece, one after the other."""

    def piece(self, times: np.ndarray, frames: np.ndarray) -> bytes:
        import numpy as np

        array = io.BytesIO()  # numpy would ask a pipe for its position
        np.save(array, np.ascontiguousarray(frames), allow_pickle=False)
        return array.getvalue()


def _texts(frames: np.ndarray) -> np.ndarray:
    """The shortest texts that are read back as these numbers."""
    if frames.dtype.kind == "c":
        remedy = "give --format npy, or --feature spectrogram"
        raise ParameterError(f"--format: numbers are complex, which only npy can hold; {remedy}")
    return frames.astype(str)


#: The formats by name.
WRITERS: dict[str, type[FrameWriter]] = {"csv": Csv, "npy": Npy, "json-lines": JsonLines}
