"""Read-along EPUBs from EPUBs: overlays on the pages of the original, whose markup, pictures and styles stay."""
