# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

PYTHON ?= /usr/bin/python3

.PHONY: build help deps demo test test-long soak fuzz format bench bench-long clean

build: ## release build: build/bin/warmspared and build/bin/warmspare (the default)
	@cmake --preset release --log-level=WARNING >/dev/null
	@cmake --build --preset programs

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

deps: ## install the Debian packages that building and testing need (as root)
	@scripts/deps.sh build run test

demo: ## install what is missing, build, and show the main job in under a minute (as root)
	@scripts/deps.sh build run
	@$(MAKE) --no-print-directory build
	@$(PYTHON) demo/demo.py

test: ## install what is missing, build, and run every check and test
	@scripts/test.sh

MINUTES ?= 10

test-long: ## what does not fit into make test: soak and fuzz for MINUTES=10 each, sanitizers, applications under fire
	@SOAK_MINUTES=$(MINUTES) FUZZ_SECONDS=$$(($(MINUTES) * 60)) scripts/test.sh deps release soak fuzz sanitized long

soak: ## run the simulator on fresh seeds for MINUTES=10 on all cores, or as many as JOBS says
	@cmake --preset release-tests --log-level=WARNING >/dev/null
	@cmake --build --preset sim
	@scripts/soak.sh $(MINUTES)

fuzz: ## run each fuzz target for MINUTES=10, as many at a time as there are cores, or as JOBS says
	@scripts/fuzz.sh $$(($(MINUTES) * 60))

format: ## rewrite the C++ sources as .clang-format has them
	@scripts/format.sh

bench: ## measure everything in 75 minutes and write docs/benchmarks.md (as root); QUICK=1: a look in 5; FRESH=1: anew
	@scripts/deps.sh build run bench
	@$(MAKE) --no-print-directory build
	@$(PYTHON) bench/run.py

bench-long: ## the long forms of the benchmarks, in 100 minutes; goes on where it was, as make bench does
	@scripts/deps.sh build run bench
	@$(MAKE) --no-print-directory build
	@$(PYTHON) bench/run.py --plan long

clean: ## remove everything that was built
	@rm -rf build build-asan build-fuzz build-tsan
