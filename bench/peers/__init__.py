"""What people use for this today. Each module is a program that `bench._peers` runs: see `_round`."""
