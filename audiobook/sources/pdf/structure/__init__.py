"""From lines to paragraphs, headings and chapters."""
