"""What the tests stand on: real servers that the run starts itself, and nobody else's."""
