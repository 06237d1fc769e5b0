"""How long voicefeat takes, beside librosa and other libraries: ``python -m benchmarks``.

Every row is checked for equality with librosa first and timed afterwards, interleaved with everything
it is compared with, in one process and one run.
"""
