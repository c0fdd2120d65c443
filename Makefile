# Everything here uses the environment that is active; see CONTRIBUTING.md.
.PHONY: test lint types bench picture screens

test:
	pytest

lint:
	ruff check
	ruff format --check
	lint-imports

types:
	mypy

bench:
	python -m bench

picture:
	python docs/make_terminal.py

screens:
	python docs/make_screens.py
