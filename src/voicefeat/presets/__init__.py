"""Front ends: whole chains as values, and the published ones by name."""
