"""From texts to books by the real command, looked at by other people's programs."""
