"""What a run leaves behind besides its results: log.jsonl, env.json, and lines on the console."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import voicefeat as vf
from voicefeat.files.temporary import replacing


def say(text: str) -> None:
    """A line for whoever watches."""
    print(text, file=sys.stderr, flush=True)


class Log:
    """One JSON object a line; a file that is there is gone on with."""

    def __init__(self, path: Path, prefix: str = "") -> None:
        self.path, self.prefix = path, prefix

    def __call__(self, event: str, **told: Any) -> None:
        """Write an event, and show it."""
        line = {"time": time.strftime("%Y-%m-%dT%H:%M:%S"), "event": event, **told}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        shown = told.get("text") or " ".join(f"{k}={v}" for k, v in told.items())
        say(f"{self.prefix}{event if 'text' not in told else ''} {shown}".replace("  ", " ").strip())


def environment(device: str) -> dict[str, Any]:
    """Versions and machine, without names of people or folders."""
    versions = {"voicefeat": vf.__version__}
    for name in ("numpy", "scipy", "scikit-learn", "torch", "timm", "matplotlib", "soundfile"):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return {
        "python": platform.python_version(), "system": f"{platform.system()} {platform.machine()}",
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "device": device, "versions": versions,
    }  # fmt: skip


def put(path: Path, text: str) -> None:
    """Write a file whole, or not at all."""
    with replacing(path, encoding="utf-8", newline="") as file:
        file.write(text)


@contextmanager
def shared(path: Path) -> Iterator[IO[bytes]]:
    """A file of a cache that several runs may fill at once: whole or not there, the last one stays."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}.partial")
    try:
        with aside.open("xb") as file:  # exclusively: no link is followed
            yield file
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
