"""The files with the sound of a book: one module for each format, and what they share."""
