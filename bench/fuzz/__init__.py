"""`python -m bench.fuzz`: damaged inputs for everything that reads a file from outside, in search of errors that are not ours."""
