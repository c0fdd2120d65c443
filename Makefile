# Everything here uses the environment that is active; see CONTRIBUTING.md.
.PHONY: coverage crashers drill fuzz lock test quick exhaustive lint types bench listen corpus mutants golden golden-check picture samples screens site

test:
	pytest

quick:
	pytest -m "not slow"

exhaustive:
	pytest -m exhaustive

# Lines and branches that all tests run, other processes included; takes about twice as long. Needs: pip install coverage
coverage:
	coverage erase
	-coverage run -m pytest -m ""
	coverage combine --quiet
	coverage report

lint:
	ruff check
	ruff format --check
	lint-imports

types:
	mypy

# Every fault of docs/reliability.md for real; takes hours. Fewer: make drill TRIES=50 ROWS="power full"
drill:
	python -m bench.drill --tries $(or $(TRIES),500) $(ROWS)

# Damaged inputs for everything that reads files, in search of errors that are not ours; ten minutes for each target.
# Needs: pip install --require-hashes -r .ci/fuzz.txt. Fewer: make fuzz SECONDS=5 TARGETS="epub pls"
fuzz:
	python -m bench.fuzz --seconds $(or $(SECONDS),600) $(TARGETS)

# Texts that crash or stall espeak-ng, in all its languages; about half an hour. Fewer: make crashers TRIES=50 LANGUAGES="pl vi"
crashers:
	python -m bench.crashers --tries $(or $(TRIES),200) $(LANGUAGES)

# The lock files of CI, with digests; needs uv. Add `--upgrade` in UPGRADE for newer versions: make lock UPGRADE=--upgrade
lock:
	for made in ".ci/locked.txt pyproject.toml --all-extras" ".ci/tools.txt .ci/tools.in" ".ci/fuzz.txt .ci/fuzz.in"; do \
		set -- $$made; target=$$1; shift; \
		UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-annotate --no-emit-index-url $(UPGRADE) "$$@" --output-file $$target || exit; \
	done

bench:
	python -m bench

# How well a speech recogniser understands each installed voice: the table in docs/voices.md.
listen:
	python -m bench.listening

# What is found in the files of a folder: make corpus DIR=~/books
corpus:
	python -m bench.corpus "$(DIR)"

# Before a change that must not change any output, and after it.
golden:
	python -m bench.golden

golden-check:
	python -m bench.golden --against build/golden.json

mutants:
	python -m bench.mutants $(MODULE) $(TESTS)

picture:
	python docs/make_terminal.py

screens:
	python docs/make_screens.py

# Needs the voices of docs/make_samples.py.
samples:
	python docs/make_samples.py

# The documentation as a website in build/site; needs the extra `docs`.
site:
	python docs/make_site.py
