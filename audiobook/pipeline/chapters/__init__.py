"""The chapters of a work: chosen, renamed, merged, counted, and those that are added."""
