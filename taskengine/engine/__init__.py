"""Time and processes: the loop that fires deadlines. No rules of its own."""
