"""The operation log: one row for each thing a person asked for."""
