"""The exit status of every command."""

from __future__ import annotations

__all__ = ["DONE", "INTERRUPTED", "NOTHING_DONE", "SOME_FAILED"]

#: All went well; some recordings failed; nothing was done; stopped by the keyboard.
DONE, SOME_FAILED, NOTHING_DONE, INTERRUPTED = 0, 1, 2, 130
