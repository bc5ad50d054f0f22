# The two commands that a fresh machine needs: `make run` and `make test`. Everything else is for those who work on glassnet.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WITH_EXTRAS := --editable '.[test,docs]'
NATIVE := CMakeLists.txt $(wildcard src/native/*.* src/native/bindings/*)
LAB := src/glassnet/lab/page/lab.js
LAB_NATIVE := $(wildcard src/native/lab/*)
LAB_SOURCES := tools/build_lab.py tools/lab_examples.py $(wildcard lab/*.* lab/src/*.* lab/src/*/*.*) $(NATIVE) $(LAB_NATIVE) \
  src/glassnet/lab/formulas.py src/glassnet/pages/theme.py src/glassnet/article.py $(wildcard src/glassnet/core/*.py src/glassnet/tables/*.py)

.DELETE_ON_ERROR:
.PHONY: run test test-all check docs sanitize wheel bench lab install install-test debian clean

run: install
	$(BIN)/glassnet demo

# Of the slow products of options `make test` runs the part that the commit says, `make test-all` all of them.
test: PART := commit
test-all: PART := all
test test-all: install-test debian
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadgroup --part $(PART)

check: install-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/python tools/verify_types.py
	$(BIN)/lint-imports
	$(BIN)/clang-format --dry-run -Werror $(filter %.cpp %.hpp,$(NATIVE) $(LAB_NATIVE)) $(wildcard tests/native/*.cpp)
	$(BIN)/python tools/build_lab.py --check
	$(BIN)/python tools/check_names.py src/glassnet
	$(BIN)/python tools/count_lines.py src/glassnet/core 1200

# The documentation, into docs/_build/html: warnings are errors, and nothing in the pages may come from outside.
MADE := docs/_build docs/tutorial docs/how_to docs/reference/api docs/reference/command_line.md docs/reference/drawn docs/lab_screen
docs: install-test debian
	rm -rf $(MADE)
	OMP_NUM_THREADS=1 $(BIN)/python -m sphinx -q -b html -W --keep-going docs docs/_build/html
	$(BIN)/python tools/check_pages.py docs/_build/html

# The native engine's tests with the compiler's sanitizers.
sanitize: install-test
	$(BIN)/python tools/sanitize.py

# The comparison with other programs, those of them that are installed in this environment.
bench: install-test
	$(BIN)/python -m bench
	$(BIN)/python -m bench.searches

# Into dist/, for Python 3.11 and for 3.12 and later, whichever of them are here; the first time takes long, as zig makes its C++
# library.
wheel: install-test
	$(BIN)/python tools/wheels.py

# The page of `glassnet lab`; npm comes with the test extra where the system has none.
lab: $(LAB)

install: $(VENV)/.installed
install-test: $(VENV)/.installed-test $(LAB)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.installed: pyproject.toml $(NATIVE) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

# When the engine alone has changed, only what has changed of it is compiled, with the build tools that the test extra brings.
$(VENV)/.installed-test: pyproject.toml $(NATIVE) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet $(if $(filter pyproject.toml,$?),$(WITH_EXTRAS), \
	  --no-build-isolation --no-deps --config-settings='build-dir=build/{wheel_tag}' --editable .)
	touch $@ $(VENV)/.installed

$(LAB): $(LAB_SOURCES) | $(VENV)/.installed-test
	$(BIN)/python tools/build_lab.py

# Real R is one of the oracles, pages are opened in Chromium, the engine is run on emulated processors, exported code is compiled,
# SQL run by its databases, workbooks calculated by LibreOffice and documents set by LaTeX: as root on Debian what is missing for
# that is installed; elsewhere their tests say why they are skipped.
debian:
	@missing=""; need() { command -v $$1 >/dev/null || { shift; missing="$$missing $$*"; }; }; \
	need Rscript r-base-core; need chromium chromium fonts-dejavu-core; \
	need gcc gcc; need go golang-go; need javac default-jdk-headless; \
	need aarch64-linux-gnu-g++ g++-aarch64-linux-gnu; need qemu-aarch64 qemu-user; need bochs-bin bochs bochs-term; \
	need soffice libreoffice-calc-nogui; need pdflatex texlive-latex-base; need sqlite3 sqlite3; need pg_ctlcluster postgresql; \
	if [ -n "$$missing" ] && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  apt-get update --quiet --quiet && \
	  DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes --no-install-recommends $$missing; \
	fi

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache $(MADE) \
	  lab/node_modules lab/generated lab/build $(dir $(LAB))
