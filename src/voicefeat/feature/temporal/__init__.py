"""Features of the samples themselves: energy, zero crossings, linear prediction, emphasis."""
