"""Folders of books as media servers read them: each book in a folder of its own, by author and series."""
