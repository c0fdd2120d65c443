"""The process that works for the pages, with one module for each thing that they show or change."""
