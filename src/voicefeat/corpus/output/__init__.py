"""The output of a run: shards, the ledger of failures, the state file, and digests of the recordings."""
