"""HTMLZ, the HTML archives of Calibre."""
