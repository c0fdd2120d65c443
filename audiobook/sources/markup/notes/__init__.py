"""Notes on a page: which links are note marks, which blocks are notes, and where notes go."""
