"""Bookmarks and doubtful sentences of a work, found again in its text after edits."""
