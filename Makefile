# Everything here uses the environment that is active; see CONTRIBUTING.md.
.PHONY: test quick lint types bench mutants picture screens

test:
	pytest

quick:
	pytest -m "not slow"

lint:
	ruff check
	ruff format --check
	lint-imports

types:
	mypy

bench:
	python -m bench

mutants:
	python -m bench.mutants $(MODULE) $(TESTS)

picture:
	python docs/make_terminal.py

screens:
	python docs/make_screens.py
