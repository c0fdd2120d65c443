"""The pictures of a page: which paragraph they belong to, and the texts that describe them."""
