"""Why two feature matrices or two front ends differ."""
