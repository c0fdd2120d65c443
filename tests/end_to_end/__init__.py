"""From texts to books by the real command, checked by other programs."""
