"""The history of the schema; each step only adds, so that the previous release can still run on it."""
