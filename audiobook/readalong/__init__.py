"""Read-along books: an EPUB with media overlays, made from the record and the MP3 of a built work."""
