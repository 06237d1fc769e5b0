"""Files that are written whole or not at all, and texts of others that are read."""
