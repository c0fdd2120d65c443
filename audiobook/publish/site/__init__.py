"""The site: a page for each edition of a work, and an index that lists the works."""
