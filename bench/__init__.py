"""What it costs: `make bench` prints the table of `docs/benchmarks.md`."""
