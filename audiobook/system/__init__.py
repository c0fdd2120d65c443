"""The operating system: signals, standard streams, locks, and opening files safely."""
