"""The domain: tasks with deadlines. No HTTP and no sockets in here."""
