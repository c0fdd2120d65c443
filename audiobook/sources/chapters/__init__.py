"""Finding the lines of a plain text that start its chapters."""
