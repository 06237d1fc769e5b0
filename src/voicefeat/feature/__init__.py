"""The features: one family per package; `registry` lists them, `extract` computes several at once."""
