"""Constant-Q transforms: octave by octave, and by non-stationary Gabor frames."""
