"""Django's PostgreSQL backend, reading timestamps in C."""
