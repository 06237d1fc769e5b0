"""From recordings to datasets: inputs, runs, formats, datasets, reports and tables."""
