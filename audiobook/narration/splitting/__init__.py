"""Where the sentences of a paragraph begin and end."""
