"""Summaries: calls that must be refused."""

import numpy as np

M = np.ones((3, 20), np.float32)

OTHERS = [
    ("summarize", (M,), {"statistics": "meen"}, "statistics"),
    ("summarize", (M,), {"statistics": ()}, "statistics"),
    ("summarize", (M,), {"statistics": 3}, "statistics"),
    ("summarize", (M,), {"frames": 0}, "frames"),
    ("summarize", (M,), {"frames": 2.0}, "frames"),
    ("summarize", (M,), {"frames": 4, "step": 0}, "step"),
    ("summarize", (M,), {"step": 4}, "step"),
    ("summarize", (M,), {"frames": 4, "partial": 1}, "partial"),
    ("summarize", (M,), {"name": 3}, "name"),
    ("summarize", ({"mfcc": M},), {"name": "mfcc"}, "name"),
    ("summarize", (M + 1j,), {}, "features"),
    ("summarize", (M[0],), {}, "features"),
    ("summarize", (M[:, :0],), {}, "features"),
    ("summarize", ({},), {}, "features"),
    ("summarize", ("mfcc",), {}, "features"),
    ("summarize", (None,), {}, "features"),
]
