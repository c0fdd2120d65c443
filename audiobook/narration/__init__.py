"""From what is written to what is said: cleaned text, sentences, passages."""
