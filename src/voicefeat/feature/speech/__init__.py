"""Features of speech research: auditory, all-pole, sub-band and phase features."""
