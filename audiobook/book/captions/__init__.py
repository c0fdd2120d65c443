"""The text of a book with its times: cues, captions, and lyrics for the tag of the MP3."""
