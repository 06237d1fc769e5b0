"""Writing files completely or not at all, and reading text files of other programs."""
