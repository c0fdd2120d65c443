"""Commands for the publication: create, upload and serve it."""
