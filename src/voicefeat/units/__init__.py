"""Units: hertz, mel and octaves; decibels; frames, samples and seconds; notes, pitches and intervals."""
