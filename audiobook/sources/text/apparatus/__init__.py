"""The parts of a text file that are not the book: additions of Project Gutenberg, notes, frames around a text."""
