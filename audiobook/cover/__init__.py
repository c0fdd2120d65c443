"""The cover picture: the work's own, or one that is drawn."""
