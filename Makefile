# Navette. `make` alone explains itself.
SHELL := /bin/sh
export PORT ?= 8000
export PROFILE ?= gironde
export NAVETTE_DATA ?= var
PY := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help demo test test-apache lint bench pictures vendor lock format clean

help: ## Show this help
	@echo "Navette, a portal for departmental libraries. Needs Python 3.11+ and make; installs the rest here."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  Settings: PORT=8000  PROFILE=gironde|valdoise|oise|loiret  NAVETTE_DATA=var"

demo: ## Install what is needed and start the site with demo data
	@tools/bootstrap.sh base
	@.venv/bin/navette demo --profile "$(PROFILE)" --port "$(PORT)"

test: ## Run all tests, those in a browser included (DATABASE_URL chooses the database, ARGS adds to pytest)
	@tools/bootstrap.sh dev
	@tools/chromium.sh >/dev/null
	@$(PY) -m pytest -n auto --dist loadscope --no-loadscope-reorder $(ARGS)

test-apache: ## Test sign-on against Apache's CAS, OpenID Connect and SAML modules (Debian packages, see CONTRIBUTING.md)
	@tools/bootstrap.sh dev
	@tools/chromium.sh >/dev/null
	@$(PY) -m pytest tests/apache -m apache $(ARGS)

lint: ## Check style, types, templates, layers and migrations
	@tools/bootstrap.sh dev
	@$(PY) tools/lint.py

bench: ## Measure, as ratios to a named reference in the same run
	@tools/bootstrap.sh dev
	@$(PY) -m benchmarks $(ARGS)

pictures: ## Make the README's pictures anew, by the browser tests
	@tools/bootstrap.sh dev
	@NAVETTE_PICTURES=docs/images $(PY) -m pytest tests/journeys/test_pages.py -q -k pictures

vendor: ## Fetch the vendored front-end files again from npm, and check their sums
	@tools/bootstrap.sh dev
	@$(PY) tools/vendor.py

lock: ## Resolve the dependencies again, locked by hash
	@tools/bootstrap.sh dev
	@tools/lock.sh

format: ## Put code and templates in shape
	@tools/bootstrap.sh dev
	@$(PY) -m ruff format . && $(PY) -m ruff check --fix .

clean: ## Remove what was installed and the demo's data
	rm -rf .venv .tools var
