# The commands a contributor uses. `make demo` and `make test` do all their own set-up.
PYTHON ?= python3
BIN := .venv/bin
# of the tests: twice the cores, because most of them wait for a server half of the time
PROCESSES ?= $(shell echo $$((2 * $$(nproc))))
# node and npm come with the development requirements: Debian 12's are too old for the checks of others
export PATH := $(CURDIR)/$(BIN):$(PATH)
# where it is forbidden, as in many containers, each process of the tests compiles every module again: half its start
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test faults browser standards slow chaos check servers catalogs lock pictures golden permissions drawing promises mutants

.venv/.runtime: requirements.txt requirements-demo.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt -r requirements-demo.txt
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps -e .
	touch $@

.venv/.development: .venv/.runtime requirements-dev.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	touch $@

setup: .venv/.development ## make .venv from the locked requirements

demo: .venv/.runtime ## the main job on the example issues: needs no server and no system package
	$(BIN)/postduif demo

servers: ## install (apt, as root) or name the system programs that tests and checks use
	devtools/install-servers

devtools/node_modules: devtools/package-lock.json
	npm ci --silent --prefix devtools
	touch $@

test: .venv/.development servers devtools/node_modules ## the tests, against real servers that they start themselves
	$(BIN)/python -m pytest -n $(PROCESSES) --dist worksteal --durations=10 -m "not faults and not browser"

faults: .venv/.development servers ## processes that are killed, servers that go away: nobody twice, nobody lost
	$(BIN)/python -m pytest -n $$(nproc) --dist worksteal --durations=5 -m faults

browser: .venv/.development servers devtools/node_modules ## every staff page in 3 languages, light, dark, wide and narrow; stories, accidents, mail
	$(BIN)/python -m pytest -n $$(nproc) --dist worksteal --durations=5 -m browser -o python_files="test_*.py every_*.py stories.py from_word.py accidents.py"

standards: .venv/.development servers ## what veraPDF and others say of the printed pages
	$(BIN)/python -m pytest -s tests/standards/pages.py

slow: .venv/.development servers ## two hundred made documents on paper, each read back word by word, floods of thousands, and 10 minutes of an office at work
	$(BIN)/python -m pytest -q tests/slow/read_back_many.py
	$(BIN)/python -m pytest -q -n $$(nproc) tests/slow/large_backup.py tests/slow/kills.py
	POSTDUIF_WHOLE_LOADS=1 $(BIN)/python -m pytest -n $$(nproc) -m load --durations=0
	$(BIN)/python -m devtools.load

chaos: .venv/.development ## kill senders at random, a hundred times, and count at the receiving server; then with the pages in it
	$(BIN)/python -m devtools.chaos
	$(BIN)/python -m devtools.chaos_web

check: .venv/.development servers ## format, lint, types, arrows, catalogs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m devtools.catalogs

catalogs: .venv/.development ## extract the sentences of the product and update its catalogs
	$(BIN)/python -m devtools.update_catalogs

lock: ## lock the requirements anew, with hashes and without index lines
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes -q requirements.in -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes -q requirements-demo.in -o requirements-demo.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes -q requirements-dev.in -o requirements-dev.txt

pictures: .venv/.development servers ## the pictures of the README, made from the example issues
	$(BIN)/python -m devtools.pictures

golden: .venv/.development ## the pages that printed ones are compared with: look at them before you keep them
	$(BIN)/python -m devtools.golden_pages

permissions: .venv/.development ## docs/permissions.md and docs/routes.md: who may do what, and who gets into which page
	$(BIN)/python -m devtools.permissions
	$(BIN)/python -m devtools.routes

drawing: .venv/.development ## the drawing of imports in docs/architecture.md
	$(BIN)/python -m devtools.drawing

promises: .venv/.development ## which test shows which promise, and docs/threat-model.md
	$(BIN)/python -m devtools.promises

mutants: .venv/.development servers ## break the product on purpose, one change at a time: each must be noticed (under 30 minutes on two quiet cores)
	$(BIN)/python -m devtools.mutants
