"""What a run writes: shards, failures, the state, and which bytes each row was made from."""
