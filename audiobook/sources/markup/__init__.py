"""Converting elements of HTML and XML to blocks of text, shared by HTML, EPUB and Word."""
