"""The chain: signal, frames, spectrum, bands, compression, cepstrum, dynamics, normalisation.

`spec` holds its stages as values, `tables` what they need computed once, `sinks` what is done with a
block of spectra, `run` the one loop over blocks, `threads` the one budget of threads.
"""
