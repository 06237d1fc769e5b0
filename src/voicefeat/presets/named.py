"""Front ends by the name of a published one, or in a file of TOML."""

from __future__ import annotations

from pathlib import Path

from ..errors import ParameterError, fail
from ..files.text import open_text
from .catalogue import frontend
from .front_end import FrontEnd

__all__ = ["named"]


def named(front_end: str | FrontEnd) -> tuple[str, FrontEnd]:
    """The name and the value of a front end: a name, the path of a file ``*.toml``, or a value."""
    if isinstance(front_end, FrontEnd):
        return front_end.row or "frontend", front_end
    if not isinstance(front_end, str):
        fail("frontend", front_end, "is neither a name nor a FrontEnd", "give one of voicefeat.frontends()")
    if not front_end.endswith(".toml"):
        return front_end, frontend(front_end)
    try:
        with open_text("frontend", front_end) as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise ParameterError(
            f"frontend={front_end!r}: cannot be read ({why}); give a file with the output of "
            "'voicefeat presets NAME'"
        ) from None
    return Path(front_end).stem, FrontEnd.from_toml(text)
