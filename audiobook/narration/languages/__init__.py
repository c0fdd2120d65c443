"""The languages that come with the program, each in a folder named by its tag."""
