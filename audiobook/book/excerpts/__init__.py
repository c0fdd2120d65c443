"""MP3s cut from a book: chapters, and samples, with or without room tone."""
