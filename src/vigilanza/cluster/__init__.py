"""What several boxes and sites tell one another, by way of NATS. Off on a single box."""
