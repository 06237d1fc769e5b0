"""The order of the gallery: that in which its scripts are best read."""

from __future__ import annotations

from sphinx_gallery.sorting import FileNameSortKey

__all__ = ["Reading"]

ORDER = (
    "chain", "deltas", "edges", "chroma", "lfcc_definitions", "cqcc", "vocoder_highs", "phase",
    "augmentation", "streaming", "deep_voice_table", "corpus", "leakage", "detectors", "guard",
)  # fmt: skip


class Reading(FileNameSortKey):
    """Scripts as `ORDER` has them; those that it lacks follow, by name."""

    def __call__(self, filename: str) -> tuple[int, str]:
        name = filename.removeprefix("plot_").removesuffix(".py")
        return (ORDER.index(name) if name in ORDER else len(ORDER)), name
