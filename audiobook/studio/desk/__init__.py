"""The process that works for the pages, with one module for each kind of data that they show or change."""
