"""Features of constant-Q transforms: the transforms, chroma and CQCC."""
