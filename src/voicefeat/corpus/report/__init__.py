"""Reports: a run, a dataset or a recording in a few lines."""
