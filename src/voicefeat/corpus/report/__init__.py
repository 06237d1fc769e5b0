"""What a run did and what a dataset or recording holds, in a few lines each."""
