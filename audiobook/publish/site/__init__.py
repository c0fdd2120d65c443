"""The site: a page for each work, and one that lists them."""
