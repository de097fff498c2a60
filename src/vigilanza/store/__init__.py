"""Memory: the journal of events, the outbox of alerts owed, media and the audit chain."""
