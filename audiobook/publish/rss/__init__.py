"""A feed as XML: what stands in its channel and in its items."""
