"""What is published, served on this machine, read-only."""
