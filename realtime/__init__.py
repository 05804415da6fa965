"""Resumable streams of events over WebSockets. Knows no task and no user."""
