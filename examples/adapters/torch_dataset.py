"""Recordings to batches for PyTorch: a Dataset that draws alike in any worker, and how to collate."""

import hashlib
import secrets
from pathlib import Path

import numpy as np

import voicefeat as vf

try:
    import torch
except ModuleNotFoundError:
    raise ModuleNotFoundError("torch is not installed: pip install torch") from None

SHORT = {"tile": "wrap", "pad": "constant"}  # as numpy.pad calls them


class SpeechDataset(torch.utils.data.Dataset):
    """Items (features of shape (rows, frames), label, id).

    Parameters
    ----------
    paths, labels : sequences
        Recordings, and a whole number for each.
    frontend : FrontEnd or str
        What to compute.
    ids : sequence of str, optional
        What draws are keyed by; by default the names of the files without their endings.
    frames, random, short : int, bool, str
        Length of an item; of longer ones the part is drawn from (seed, id, epoch), or the first one without
        `random`; shorter ones are repeated ("tile") or get zeros ("pad"). None leaves each its own length.
    cache : path, optional
        Folder for features, kept by the front end's digest and the file's path, size and time.
    augment : vf.augment.Chain, optional
        Done to every signal anew in every epoch; nothing is cached then.
    """

    def __init__(self, paths, labels, frontend, *, sr=16000, ids=None, frames=None, random=True,
                 short="tile", cache=None, augment=None, seed=0):  # fmt: skip
        self.paths, self.labels, self.sr = [Path(p).absolute() for p in paths], list(labels), sr
        self.ids = [p.stem for p in self.paths] if ids is None else list(ids)
        if not len(self.paths) == len(self.labels) == len(set(self.ids)):
            raise ValueError("paths, labels and ids must be equally many, and no id may be there twice")
        if short not in SHORT:
            raise ValueError(f"short={short!r}: is not known; choose tile or pad")
        self.frontend = vf.frontend(frontend) if isinstance(frontend, str) else frontend
        self.frames, self.random, self.short, self.augment, self.seed = frames, random, short, augment, seed
        self.cache = cache and Path(cache) / f"{vf.__version__}-{self.frontend.digest}-{sr:g}"
        self.epoch = torch.zeros((), dtype=torch.int64).share_memory_()  # workers that stay see it change

    def set_epoch(self, epoch):
        self.epoch.fill_(epoch)

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        x = self._cut(self._features(index), self.ids[index])
        return torch.from_numpy(np.ascontiguousarray(x, np.float32)), self.labels[index], self.ids[index]

    def _features(self, index):
        path, stat, id = self.paths[index], self.paths[index].stat(), self.ids[index]
        if self.augment is not None:
            y = vf.load(path, sr=self.sr)[0]
            y = self.augment(y, self.sr, id=id, epoch=int(self.epoch), seed=self.seed)
            return self.frontend(y, self.sr)
        identity = f"{path} {stat.st_size} {stat.st_mtime_ns}"
        kept = self.cache and self.cache / f"{hashlib.sha256(identity.encode()).hexdigest()}.npy"
        if kept and kept.exists():
            return np.load(kept)
        x = self.frontend(vf.load(path, sr=self.sr)[0], self.sr)
        if kept:
            self.cache.mkdir(parents=True, exist_ok=True)
            half = kept.with_suffix(f".{secrets.token_hex(8)}")
            with open(half, "xb") as file:  # exclusively: no link is followed
                np.save(file, x)
            half.replace(kept)  # whole or not at all, also when two workers meet
        return x

    def _cut(self, x, id):
        have, want = x.shape[-1], self.frames or x.shape[-1]
        if have < want:
            return np.pad(x, ((0, 0), (0, want - have)), SHORT[self.short])
        draws = vf.augment.generator(self.seed, id, int(self.epoch))
        first = draws.integers(have - want + 1) if self.random else 0
        return x[:, first : first + want]


def collate(batch):
    """Items of any length as (features padded with zeros, their lengths, labels, ids)."""
    features, labels, ids = zip(*batch, strict=True)
    lengths = torch.tensor([x.shape[-1] for x in features])
    padded = torch.nn.utils.rnn.pad_sequence([x.T for x in features], batch_first=True).transpose(1, 2)
    return padded, lengths, torch.tensor(labels), list(ids)
