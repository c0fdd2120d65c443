"""MP4: the head of an audiobook, its tags, and AAC packets."""
