"""Which lines of a plain text begin its chapters."""
