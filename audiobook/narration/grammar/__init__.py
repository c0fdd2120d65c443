"""What a language knows of its numbers: forms, words, and the questions that rules ask."""
