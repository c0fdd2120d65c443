"""Folders of books as media servers expect them: each book in its own folder, by author and series."""
