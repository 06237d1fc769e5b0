"""The inputs of a run: each function makes the listing of recordings that `extract_corpus` takes.

`find_sources` for files, folders and patterns, `read_manifest` for tables, `read_protocol` for ASVspoof,
`read_wav_scp` for Kaldi, `read_class_folders` for folders of classes such as DEEP-VOICE's.
"""

from __future__ import annotations

from .asvspoof import read_protocol
from .class_folders import read_class_folders
from .kaldi import read_wav_scp
from .manifest import read_manifest
from .sources import Listing, Source, find_sources

__all__ = [
    "Listing", "Source", "find_sources", "read_class_folders", "read_manifest", "read_protocol",
    "read_wav_scp",
]  # fmt: skip
