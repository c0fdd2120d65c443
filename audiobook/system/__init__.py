"""What the program asks of the operating system: signals, streams, locks, files opened safely."""
