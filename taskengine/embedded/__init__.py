"""The embedded run: a private PostgreSQL in a folder and the whole product in one process."""
