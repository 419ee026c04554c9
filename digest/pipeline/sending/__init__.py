"""Sending what the outbox holds: many lanes at once, one thread for the database."""
