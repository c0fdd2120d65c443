"""Articles on web pages."""
