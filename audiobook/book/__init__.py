"""Clips in order: the timeline, the files made from it, and the record of when everything is said."""
