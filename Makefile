# Builds, runs, tests and installs Kata. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

SWIFT = swift
SCRATCH = .build
RELEASE = $(SCRATCH)/release
# The binaries run where Swift is not installed. No symbols, no exports and packed relocations (which need glibc 2.36) make
# them smaller, on disk and in memory.
PACKED_RELOCATIONS = $(shell printf '2.36\n%s\n' "$$(getconf GNU_LIBC_VERSION | cut -d' ' -f2)" | sort -VC && \
	echo '-Xlinker -z -Xlinker pack-relative-relocs')
RELEASE_FLAGS = --static-swift-stdlib -Xswiftc -use-ld=lld -Xlinker -s -Xlinker --no-export-dynamic \
	$(PACKED_RELOCATIONS)
BINARIES = $(RELEASE)/katad $(RELEASE)/kata-ctl

# For `make run`
CONFIG = config/kata.yaml
LOG_LEVEL = debug
WORKERS =
ITEMS =
QUEUE =
RUN_DIRECTORY = .kata
OVERRIDES = $(if $(WORKERS),--worker-count $(WORKERS)) $(if $(ITEMS),--item-count $(ITEMS)) \
	$(if $(QUEUE),--queue-size $(QUEUE))

# For `make test`
FILTER =
# These measure time, so nothing else may run beside them.
TIMING_TESTS = MakespanTests|PreciseClockTests
# These run processes, which would starve the others.
PROCESS_TESTS = IntegrationTests|KataPluginsTests
# These write and fork so much that they would starve the processes, too.
FLOOD_TESTS = PluginFaultTests|ExecOutputTests|ExecEscapeTests|ForkBombTests|OwnPluginTests
RUN_TESTS = KATA_STRICT=1 $(SWIFT) test --scratch-path '$(SCRATCH)' --skip-build --disable-xctest

# For `make install`
DESTDIR ?=
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
BIN_DIRECTORY = $(PREFIX)/bin
UNIT_DIRECTORY = $(PREFIX)/lib/systemd/system
SYSUSERS_DIRECTORY = $(PREFIX)/lib/sysusers.d
DATA_DIRECTORY = $(PREFIX)/share/kata
CONFIG_DIRECTORY = $(SYSCONFDIR)/kata

.PHONY: help
help: ## List the targets
	@echo 'usage: make TARGET [VARIABLE=VALUE …]'
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: build ## Run the kata from start to end and show its results (WORKERS= ITEMS= QUEUE= CONFIG= LOG_LEVEL=)
	@rm -rf '$(RUN_DIRECTORY)'
	@mkdir -p -m 0700 '$(RUN_DIRECTORY)'
	$(RELEASE)/katad --config '$(CONFIG)' --once --database '$(RUN_DIRECTORY)/kata.db' \
		--socket '$(RUN_DIRECTORY)/kata.sock' --log-level '$(LOG_LEVEL)' $(strip $(OVERRIDES))
	$(RELEASE)/kata-ctl export --database '$(RUN_DIRECTORY)/kata.db' --output '$(RUN_DIRECTORY)/results.txt'
	@echo
	@echo 'The first lines of $(CURDIR)/$(RUN_DIRECTORY)/results.txt:'
	@head -n 10 '$(RUN_DIRECTORY)/results.txt'

.PHONY: build
build: ## Build the release binaries
	@scripts/install-dependencies
	$(SWIFT) build --scratch-path '$(SCRATCH)' -c release $(RELEASE_FLAGS) --product katad
	$(SWIFT) build --scratch-path '$(SCRATCH)' -c release $(RELEASE_FLAGS) --product kata-ctl

.PHONY: test
test: ## Run the tests (FILTER= for some of them)
	@scripts/install-dependencies --tests
	KATA_STRICT=1 $(SWIFT) build --scratch-path '$(SCRATCH)' --build-tests
ifdef FILTER
	$(RUN_TESTS) --filter '$(FILTER)'
else
	$(RUN_TESTS) --skip '$(PROCESS_TESTS)|$(TIMING_TESTS)'
	$(RUN_TESTS) --filter KataPluginsTests --skip '$(FLOOD_TESTS)'
	$(RUN_TESTS) --filter '$(FLOOD_TESTS)'
	$(RUN_TESTS) --filter IntegrationTests --skip '$(TIMING_TESTS)|$(FLOOD_TESTS)'
	$(MAKE) build # the time that counts is that of what people run
	@sync # what the builds and the tests before have written would go on being written beside these
	KATA_BINARIES='$(abspath $(RELEASE))' $(RUN_TESTS) --no-parallel --filter '$(TIMING_TESTS)'
endif

.PHONY: lint
lint: ## Check the Swift sources against .swift-format
	$(SWIFT) format lint --strict --parallel --recursive Sources Tests config Package.swift

.PHONY: bench
bench: build ## Measure the release binaries (RUNS=5 ITEMS=1000000 JOBS=100000 MANY=1000000)
	@BINARIES='$(RELEASE)' Benchmarks/run
	@BINARIES='$(RELEASE)' Benchmarks/queue

.PHONY: bench-parts
bench-parts: ## Measure the queue, the store and other parts, each alone
	@scripts/install-dependencies
	KATA_BENCHMARKS=1 $(SWIFT) package --scratch-path '$(SCRATCH)-parts' --disable-sandbox benchmark --target Parts \
		--format text

.PHONY: docs
docs: ## Build the documentation of the Swift library, a website, into .docs
	@scripts/install-dependencies
	KATA_DOCS=1 $(SWIFT) package --scratch-path '$(SCRATCH)' --allow-writing-to-directory .docs \
		generate-documentation --target Kata --output-path .docs --transform-for-static-hosting

.PHONY: install
install: $(BINARIES) ## Install binaries, unit, configuration and schema (DESTDIR= PREFIX=/usr/local)
	install -d '$(DESTDIR)$(BIN_DIRECTORY)' '$(DESTDIR)$(UNIT_DIRECTORY)' '$(DESTDIR)$(SYSUSERS_DIRECTORY)' \
		'$(DESTDIR)$(DATA_DIRECTORY)' '$(DESTDIR)$(CONFIG_DIRECTORY)'
	install -m 0755 $(BINARIES) '$(DESTDIR)$(BIN_DIRECTORY)'
	sed -e 's|/usr/bin/katad|$(BIN_DIRECTORY)/katad|' -e 's|/etc/kata|$(CONFIG_DIRECTORY)|' systemd/kata.service \
		| install -m 0644 /dev/stdin '$(DESTDIR)$(UNIT_DIRECTORY)/kata.service'
	install -m 0644 systemd/kata.sysusers '$(DESTDIR)$(SYSUSERS_DIRECTORY)/kata.conf'
	install -m 0644 config/kata.schema.json '$(DESTDIR)$(DATA_DIRECTORY)/kata.schema.json'
	@sample() { sed 's|=\./kata\.schema\.json|=$(DATA_DIRECTORY)/kata.schema.json|' config/kata.yaml; }; \
	target='$(DESTDIR)$(CONFIG_DIRECTORY)/kata.yaml'; \
	if [[ ! -e $$target ]]; then \
		sample | install -m 0644 /dev/stdin "$$target"; \
	elif ! sample | cmp -s - "$$target"; then \
		sample | install -m 0644 /dev/stdin "$$target.new"; \
		echo "Kept $$target; the new sample is $$target.new."; \
	fi
	@[[ -n '$(DESTDIR)' ]] || echo 'Next: systemd-sysusers && systemctl daemon-reload && systemctl enable --now kata'

# Only what is missing is built, so that `sudo make install` leaves no files of root's in the build directory.
$(BINARIES) &:
	$(MAKE) build

.PHONY: uninstall
uninstall: ## Remove what install put in place, but no configuration and no data
	rm -f '$(DESTDIR)$(BIN_DIRECTORY)/katad' '$(DESTDIR)$(BIN_DIRECTORY)/kata-ctl' \
		'$(DESTDIR)$(UNIT_DIRECTORY)/kata.service' '$(DESTDIR)$(SYSUSERS_DIRECTORY)/kata.conf' \
		'$(DESTDIR)$(DATA_DIRECTORY)/kata.schema.json'
	-@rmdir '$(DESTDIR)$(DATA_DIRECTORY)' 2>/dev/null || true
	@echo 'Kept $(DESTDIR)$(CONFIG_DIRECTORY), the database under /var/lib/kata and the user kata.'

.PHONY: clean
clean: ## Remove everything that was built, and the files of `make run`
	rm -rf '$(SCRATCH)' '$(SCRATCH)-parts' '$(RUN_DIRECTORY)' .docs
