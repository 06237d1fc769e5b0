"""The published front ends, one file per family; each has a list PRESETS."""
