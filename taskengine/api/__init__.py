"""All of HTTP, one file a noun."""
