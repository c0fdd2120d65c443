"""Clips to a book: the timeline, the MP3, the cover, and the record with the times of every sentence and word."""
