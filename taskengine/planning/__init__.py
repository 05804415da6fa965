"""Whether the steps towards a goal fit before its deadline, and when each has its turn."""
