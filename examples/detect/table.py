"""DEEP-VOICE's table: 26 means over windows of one second and a label, without speakers or recordings."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

import voicefeat as vf

from .corpus import Clip, Corpus

NOTE = (
    "A table without names of recordings or speakers: windows of one recording stand in training and in "
    "evaluation alike, and nothing can undo it. The figures say how well windows of known recordings are "
    "told apart, not whether a forgery of an unknown voice is found."
)


def read_table(path: Path) -> Corpus:
    """The rows as clips with numbers; the last column, LABEL, says REAL or FAKE."""
    with path.open(newline="", encoding="utf-8-sig") as lines:
        rows = csv.reader(lines)
        head = next(rows, [])
        if not head or head[-1].strip().upper() != "LABEL":
            raise vf.ParameterError(
                f"{path}: its last column is not LABEL; give DEEP-VOICE's DATASET-balanced.csv"
            )
        clips, numbers = [], []
        for number, row in enumerate(rows, 2):
            label = row[-1].strip().upper() if row else ""
            if label not in ("REAL", "FAKE") or len(row) != len(head):
                raise vf.ParameterError(
                    f"{path}:{number}: is not a row of {len(head) - 1} numbers and REAL or FAKE"
                )
            real = label == "REAL"
            attack = "-" if real else "conversion"
            clips.append(Clip(f"row{number - 1}", real, attack=attack, line=len(clips)))
            numbers.append(row[:-1])
    try:
        table = np.array(numbers, float).reshape(-1, len(head) - 1)
    except ValueError as error:
        raise vf.ParameterError(f"{path}: {error}; every column but LABEL holds numbers") from None
    return Corpus(path.parent.resolve().name, path, tuple(clips), (NOTE,), tuple(head[:-1]), table)
