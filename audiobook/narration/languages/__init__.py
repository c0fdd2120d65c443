"""The languages that come with the program: a folder each, named by its tag."""
