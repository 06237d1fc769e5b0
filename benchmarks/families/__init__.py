"""Rows by family, one file each, in the order in which they are printed; a family's file holds ``ROWS``."""

from importlib import import_module

FAMILIES = [
    import_module(f"{__name__}.{name}")
    for name in (
        "together", "cepstra", "spectra", "harmony", "descriptors", "temporal", "pitch", "constantq",
        "subbands", "auditory", "inverses", "fronts", "streams",
    )
]  # fmt: skip
