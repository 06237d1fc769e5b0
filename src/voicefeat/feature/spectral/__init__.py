"""Features of the spectrum of each frame: filter banks, cepstra, chroma and descriptors."""
