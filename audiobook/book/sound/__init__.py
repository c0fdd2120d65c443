"""Writing the audio files of a book: one module for each format, and their shared code."""
