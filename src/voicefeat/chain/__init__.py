"""The chain: signal, frames, spectrum, bands, compression, cepstrum, dynamics, normalisation.

`stages` holds its stages as values, `tables` their tables, `sinks` the uses of a block of spectra,
`block_loop` the one loop over blocks, `threads` the one budget of threads.
"""
