"""Measurements of the real product; each module is one, and prints a table and one JSON line."""
