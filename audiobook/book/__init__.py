"""From clips to a book: the timeline, the MP3, the cover, and the record of when everything is heard."""
