"""The grammar of numbers: forms, words, and the questions that rules ask a language."""
