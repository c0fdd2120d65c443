"""`python -m bench.drill`: real faults against real commands, with the number of tries and of losses."""
