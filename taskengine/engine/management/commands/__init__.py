"""Commands of the engine, one a file."""
