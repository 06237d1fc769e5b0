"""The recordings of a command: PATH, or one of the lists in its place."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..errors import ParameterError

if TYPE_CHECKING:
    from ..corpus.inputs.sources import Listing

__all__ = ["add_inputs", "listing"]

#: Options in place of PATH, and what each takes.
LISTS = {"manifest": "FILE", "protocol": "FILE", "scp": "FILE", "classes": "DIR"}


def add_inputs(command: argparse.ArgumentParser) -> None:
    """Add the options that say which recordings a command reads."""
    add = command.add_argument
    # fmt: off
    add("paths", nargs="*", metavar="PATH",
        help="audio files, folders that are searched to any depth, and quoted patterns ('data/**/*.flac')")
    add("--manifest", metavar="FILE",
        help="instead of PATH: the recordings of a table, .csv, .tsv, .jsonl or .parquet")
    add("--protocol", metavar="FILE", help="instead: those of an ASVspoof protocol; needs --root")
    add("--scp", metavar="FILE", help="instead: those of a Kaldi wav.scp, and of segments beside it")
    add("--classes", metavar="DIR", help="instead: those in folders of classes, like REAL and FAKE")
    add("--root", metavar="DIR",
        help="what the paths of a list are relative to (default: a manifest's folder); a protocol's audio")
    # fmt: on


def listing(options: argparse.Namespace) -> Listing:
    """The recordings, from the one place that was given."""
    from ..corpus import inputs

    given = [name for name in ("paths", *LISTS) if getattr(options, name)]
    if len(given) != 1:
        names = " and ".join("PATH" if name == "paths" else f"--{name}" for name in given)
        problem = f"{names} exclude each other" if given else "nothing says which recordings"
        choice = ", ".join(f"--{name} {value}" for name, value in LISTS.items())
        raise ParameterError(f"{problem}; give one of PATH ..., {choice}")
    [kind] = given
    if options.root is not None and kind in ("paths", "classes"):
        raise ParameterError(f"--root {options.root}: is for the paths of a list; leave it out")
    if kind == "paths":
        return inputs.find_sources(options.paths)
    if kind == "classes":
        return inputs.read_class_folders(options.classes)
    if kind == "manifest":
        return inputs.read_manifest(options.manifest, options.root)
    if kind == "scp":
        return inputs.read_wav_scp(options.scp, options.root)
    if options.root is None:
        raise ParameterError(
            f"--protocol {options.protocol}: does not say where its audio is; give --root DIR, the folder "
            "that holds it at any depth"
        )
    return inputs.read_protocol(options.protocol, options.root)
