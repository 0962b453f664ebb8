# Builds, runs, tests and installs Kata. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# No rules of make's own, which would compile what lies beside a script of the same name.
MAKEFLAGS += --no-print-directory --no-builtin-rules

SWIFT = swift
SCRATCH = .build
# What `make tarball` makes has the binaries in bin.
RELEASE = $(if $(wildcard bin/katad),bin,$(SCRATCH)/release)
PACKAGES = $(SCRATCH)/packages
SBOM = $(PACKAGES)/kata.cdx.json
# The binaries run where Swift is not installed. No symbols, no exports and packed relocations (which need glibc 2.36) make
# them smaller, on disk and in memory.
PACKED_RELOCATIONS = $(shell printf '2.36\n%s\n' "$$(getconf GNU_LIBC_VERSION | cut -d' ' -f2)" | sort -VC && \
	echo '-Xlinker -z -Xlinker pack-relative-relocs')
RELEASE_FLAGS = --static-swift-stdlib -Xswiftc -use-ld=lld -Xlinker -s -Xlinker --no-export-dynamic \
	$(PACKED_RELOCATIONS)
# What `make run` needs, and what is installed besides: the program behind `plugin: http`, which takes longer to build than the rest.
CORE_BINARIES = $(RELEASE)/katad $(RELEASE)/kata-ctl
HTTP_BINARY = $(RELEASE)/kata-http
BINARIES = $(CORE_BINARIES) $(HTTP_BINARY)
# What else the linker is told, an argument a line
LOCALE_DATA = $(SCRATCH)/locale-data.arguments
# Which commit it is, for `--version`
COMMIT = $(SCRATCH)/commit.o
RELEASE_BUILD = mapfile -t locale_data <'$(LOCALE_DATA)'; \
	$(SWIFT) build --scratch-path '$(SCRATCH)' -c release $(RELEASE_FLAGS) "$${locale_data[@]}" -Xlinker '$(abspath $(COMMIT))'

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

# For `make fuzz`, `make fuzzer` and `make simulate`
SEED =
COUNT = 100000
TARGET = configuration
SECONDS = 60

# For `make test-faults`
ROUNDS =

# For `make test-docs`
PAGE =

# For `make install`
DESTDIR ?=
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
BIN_DIRECTORY = $(PREFIX)/bin
LIBRARY_DIRECTORY = $(PREFIX)/lib/kata
UNIT_DIRECTORY = $(PREFIX)/lib/systemd/system
USER_UNIT_DIRECTORY = $(PREFIX)/lib/systemd/user
SYSUSERS_DIRECTORY = $(PREFIX)/lib/sysusers.d
TMPFILES_DIRECTORY = $(PREFIX)/lib/tmpfiles.d
DATA_DIRECTORY = $(PREFIX)/share/kata
EXAMPLE_DIRECTORY = $(DATA_DIRECTORY)/examples
DROP_IN_DIRECTORY = $(DATA_DIRECTORY)/systemd
PLUGIN_DIRECTORY = $(LIBRARY_DIRECTORY)/plugins
MAN_DIRECTORY = $(PREFIX)/share/man
BASH_COMPLETION_DIRECTORY = $(PREFIX)/share/bash-completion/completions
# Debian's zsh looks in zsh/vendor-completions.
ZSH_COMPLETION_DIRECTORY = $(PREFIX)/share/zsh/site-functions
FISH_COMPLETION_DIRECTORY = $(PREFIX)/share/fish/vendor_completions.d
# What the examples in Python need, and plugins of your own.
PYTHON_MODULE = config/plugins/kata_plugin.py
EXAMPLES = $(addprefix config/plugins/,checksum echo.sh numbers word-count)
CONFIG_DIRECTORY = $(SYSCONFDIR)/kata
DROP_INS = $(wildcard systemd/drop-ins/*.conf)
PAGES = $(wildcard docs/man/*.[1-9])
# Where a page is installed: its section is its name's last part.
PAGE_PATHS = $(foreach page,$(notdir $(PAGES)),man$(subst .,,$(suffix $(page)))/$(page))
# The units name the paths of a distribution's package.
PLACE_UNIT = sed -e 's|/usr/bin/katad|$(BIN_DIRECTORY)/katad|' -e 's|/etc/kata|$(CONFIG_DIRECTORY)|' \
	-e 's|/usr/share/kata|$(DATA_DIRECTORY)|'

.PHONY: help
help: ## List the targets
	@echo 'usage: make TARGET [VARIABLE=VALUE …]'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: core ## Run the kata from start to end and show its results (WORKERS= ITEMS= QUEUE= CONFIG= LOG_LEVEL=)
	@rm -rf '$(RUN_DIRECTORY)'
	@mkdir -p -m 0700 '$(RUN_DIRECTORY)'
	$(RELEASE)/katad --config '$(CONFIG)' --once --database '$(RUN_DIRECTORY)/kata.db' \
		--socket '$(RUN_DIRECTORY)/kata.sock' --log-level '$(LOG_LEVEL)' $(strip $(OVERRIDES))
	$(RELEASE)/kata-ctl export --database '$(RUN_DIRECTORY)/kata.db' --output '$(RUN_DIRECTORY)/results.txt'
	@echo
	@echo 'The first lines of $(CURDIR)/$(RUN_DIRECTORY)/results.txt:'
	@head -n 10 '$(RUN_DIRECTORY)/results.txt'

.PHONY: lesson
lesson: core ## Walk through the exercise: guess, run, see why; about two minutes
	@scripts/lesson '$(RELEASE)'

# What `make run` needs of the build
.PHONY: core
core: check-dependencies $(LOCALE_DATA)
	@SWIFT='$(SWIFT)' scripts/commit-object '$(COMMIT)' $(BINARIES)
	@[[ -e $(RELEASE)/katad ]] || echo 'Building katad and kata-ctl: a few minutes the first time, seconds afterwards.'
	$(RELEASE_BUILD) --product katad
	$(RELEASE_BUILD) --product kata-ctl

# Without most of Foundation's locale data the binaries are half as large.
$(LOCALE_DATA): scripts/locale-data scripts/locale-subset.c $(shell readlink -f "$$(command -v $(SWIFT))") | check-dependencies
	@SWIFT='$(SWIFT)' scripts/locale-data '$(SCRATCH)/locale-data.o' '$@'
	@rm -f $(BINARIES)

.PHONY: build
build: core ## Build the release binaries
	@scripts/install-dependencies --http
	$(RELEASE_BUILD) --product kata-http

.PHONY: test
test: check-dependencies ## Run the tests (FILTER= for some of them)
	@SCRATCH='$(SCRATCH)' scripts/install-dependencies --tests
	KATA_STRICT=1 $(SWIFT) build --scratch-path '$(SCRATCH)' --build-tests
ifndef FILTER
	$(MAKE) build # the time that counts is that of what people run
endif
	@SWIFT='$(SWIFT)' SCRATCH='$(SCRATCH)' RELEASE='$(RELEASE)' scripts/test '$(FILTER)'

# As root, with systemd-nspawn (Debian: systemd-container); elsewhere it says what is missing, and passes.
.PHONY: test-system
test-system: $(CORE_BINARIES) $(HTTP_BINARY) ## Check the unit under this machine's systemd, booted in a container
	@RELEASE='$(RELEASE)' scripts/test-system

# With the release binaries that are there. As root without a network, so that ports are free and nothing is asked of others.
.PHONY: test-docs
test-docs: $(BINARIES) ## Run every command of README.md and docs/, as a reader would (PAGE= for one page)
	@SCRATCH='$(SCRATCH)' scripts/install-dependencies --tests
	@SCRATCH='$(SCRATCH)' scripts/run-docs '$(RELEASE)' $(PAGE)

# `make test` does it with the first of them.
.PHONY: test-examples
test-examples: $(CORE_BINARIES) ## Build and test the packages in Examples, which depend on Kata by its address
	@scripts/install-dependencies --tests
	@SWIFT='$(SWIFT)' SCRATCH='$(SCRATCH)' RELEASE='$(RELEASE)' scripts/test-examples

# As root, with strace, mkfs.ext4 and mkfs.xfs; what is missing is said, and its tests are skipped. It takes hours.
.PHONY: test-faults
test-faults: build ## Kill, cut the power, fill disks and more, in many rounds (SEED= ROUNDS= FILTER= for some of them)
	@SCRATCH='$(SCRATCH)' scripts/install-dependencies --tests
	KATA_STRICT=1 $(SWIFT) build --scratch-path '$(SCRATCH)' --build-tests
	KATA_STRICT=1 KATA_BINARIES="$$(realpath '$(RELEASE)')" KATA_FAULTS=long $(if $(SEED),KATA_FAULT_SEED='$(SEED)') \
		$(if $(ROUNDS),KATA_FAULT_ROUNDS='$(ROUNDS)') $(SWIFT) test --scratch-path '$(SCRATCH)' --skip-build \
		--disable-xctest --no-parallel --filter '\.Faults/$(FILTER)'

.PHONY: fuzz
fuzz: ## Have all that reads what comes from outside read COUNT= mutated inputs of a SEED= (100000, and any)
	@SCRATCH='$(SCRATCH)' scripts/install-dependencies --tests
	KATA_STRICT=1 $(SWIFT) build --scratch-path '$(SCRATCH)' --build-tests
	KATA_STRICT=1 KATA_FUZZ_COUNT='$(COUNT)' $(if $(SEED),KATA_FUZZ_SEED='$(SEED)') $(SWIFT) test --scratch-path '$(SCRATCH)' \
		--skip-build --disable-xctest --no-parallel --filter '^FuzzTests\.'

# Builds the readers once more, with what tells libFuzzer which branches are taken.
.PHONY: fuzzer
fuzzer: ## Have libFuzzer look for inputs that end a reader (TARGET=configuration SECONDS=60)
	KATA_FUZZER=1 $(SWIFT) build --scratch-path '$(SCRATCH)-fuzz' --product kata-fuzz -Xswiftc -sanitize=fuzzer
	@mkdir -p '$(SCRATCH)-fuzz/corpus-$(TARGET)'
	KATA_FUZZ_TARGET='$(TARGET)' '$(SCRATCH)-fuzz/debug/kata-fuzz' -max_total_time='$(SECONDS)' -max_len=65536 \
		-artifact_prefix='$(SCRATCH)-fuzz/$(TARGET)-' '$(SCRATCH)-fuzz/corpus-$(TARGET)'

# Hashing that is the same in each process, or the same seed would not take the same course.
.PHONY: simulate
simulate: ## Simulate daemons in one thread, from a SEED= on, for SECONDS= (any, and 60)
	@SCRATCH='$(SCRATCH)' scripts/install-dependencies --tests
	KATA_STRICT=1 $(SWIFT) build --scratch-path '$(SCRATCH)' --build-tests
	KATA_STRICT=1 SWIFT_DETERMINISTIC_HASHING=1 KATA_SIMULATION_SECONDS='$(SECONDS)' \
		$(if $(SEED),KATA_SIMULATION_SEED='$(SEED)') $(SWIFT) test --scratch-path '$(SCRATCH)' \
		--skip-build --disable-xctest --filter '^SimulationTests\.'

.PHONY: lint
lint: ## Check the Swift sources against .swift-format, and the systemd units
	$(SWIFT) format lint --strict --parallel --recursive Sources Tests Examples config Package.swift
	@scripts/check-units

.PHONY: man
man: core ## Make the man pages in docs/man anew
	@scripts/make-man '$(RELEASE)'

.PHONY: check-man
check-man: $(CORE_BINARIES) ## Check that the man pages are what they are made from
	@scripts/make-man --check '$(RELEASE)'

.PHONY: bench
bench: build ## Measure the release binaries (RUNS=5 ITEMS=1000000 JOBS=100000 MANY=1000000)
	@BINARIES='$(RELEASE)' Benchmarks/run
	@BINARIES='$(RELEASE)' Benchmarks/queue

.PHONY: bench-parts
bench-parts: ## Measure the queue, the store and other parts, each alone
	@scripts/install-dependencies
	KATA_BENCHMARKS=1 $(SWIFT) package --scratch-path '$(SCRATCH)-parts' --disable-sandbox benchmark --target Parts \
		--format text

LIBRARIES = Kata KataDaemon KataPluginProgram KataTesting
.PHONY: docs
docs: ## Build the documentation of the Swift libraries, a website, into .docs
	@scripts/install-dependencies
	KATA_DOCS=1 $(SWIFT) package --scratch-path '$(SCRATCH)' --allow-writing-to-directory .docs \
		generate-documentation $(addprefix --target ,$(LIBRARIES)) --enable-experimental-combined-documentation \
		--output-path .docs --transform-for-static-hosting --warnings-as-errors

# In a folder of its own, of the version that is known to work.
MKDOCS = $(SCRATCH)/tools/site/bin/mkdocs
$(MKDOCS):
	python3 -m venv '$(SCRATCH)/tools/site'
	'$(SCRATCH)/tools/site/bin/pip' install --quiet mkdocs==1.6.1

.PHONY: site
site: $(MKDOCS) ## Make README and docs/ a website with search, and check their links, into .site
	@scripts/make-site '$(MKDOCS)' .site

.PHONY: release
release: build ## Say whether this commit can be released as the version that it names, and make its packages
	@scripts/check-release '$(RELEASE)'
	$(MAKE) deb tarball

.PHONY: install
install: $(BINARIES) ## Install binaries, unit, configuration, schema, man pages and examples (DESTDIR= PREFIX=/usr/local)
	install -d '$(DESTDIR)$(BIN_DIRECTORY)' '$(DESTDIR)$(LIBRARY_DIRECTORY)' '$(DESTDIR)$(UNIT_DIRECTORY)' \
		'$(DESTDIR)$(SYSUSERS_DIRECTORY)' '$(DESTDIR)$(DATA_DIRECTORY)' '$(DESTDIR)$(CONFIG_DIRECTORY)' \
		'$(DESTDIR)$(EXAMPLE_DIRECTORY)' '$(DESTDIR)$(PLUGIN_DIRECTORY)' '$(DESTDIR)$(USER_UNIT_DIRECTORY)' \
		'$(DESTDIR)$(DROP_IN_DIRECTORY)' '$(DESTDIR)$(TMPFILES_DIRECTORY)'
	install -m 0755 $(CORE_BINARIES) '$(DESTDIR)$(BIN_DIRECTORY)'
	install -m 0755 $(HTTP_BINARY) '$(DESTDIR)$(LIBRARY_DIRECTORY)'
	$(PLACE_UNIT) systemd/kata.service | install -m 0644 /dev/stdin '$(DESTDIR)$(UNIT_DIRECTORY)/kata.service'
	$(PLACE_UNIT) systemd/kata.service | sed -f systemd/instance.sed \
		| install -m 0644 /dev/stdin '$(DESTDIR)$(UNIT_DIRECTORY)/kata@.service'
	$(PLACE_UNIT) systemd/kata.user.service \
		| install -m 0644 /dev/stdin '$(DESTDIR)$(USER_UNIT_DIRECTORY)/kata.service'
	install -m 0644 $(DROP_INS) '$(DESTDIR)$(DROP_IN_DIRECTORY)'
	install -m 0644 systemd/kata.sysusers '$(DESTDIR)$(SYSUSERS_DIRECTORY)/kata.conf'
	install -m 0644 systemd/kata.tmpfiles '$(DESTDIR)$(TMPFILES_DIRECTORY)/kata.conf'
	install -m 0644 config/kata.schema.json '$(DESTDIR)$(DATA_DIRECTORY)/kata.schema.json'
	install -m 0755 $(EXAMPLES) '$(DESTDIR)$(EXAMPLE_DIRECTORY)'
	@for page in $(PAGE_PATHS); do \
		install -D -m 0644 "docs/man/$${page#*/}" '$(DESTDIR)$(MAN_DIRECTORY)'/"$$page"; \
	done
	install -m 0644 $(PYTHON_MODULE) '$(DESTDIR)$(EXAMPLE_DIRECTORY)'
	install -m 0644 $(PYTHON_MODULE) '$(DESTDIR)$(PLUGIN_DIRECTORY)'
	@completion() { '$(RELEASE)/kata-ctl' --generate-completion-script "$$1" | install -D -m 0644 /dev/stdin '$(DESTDIR)'"$$2"; }; \
	completion bash '$(BASH_COMPLETION_DIRECTORY)/kata-ctl'; \
	completion zsh '$(ZSH_COMPLETION_DIRECTORY)/_kata-ctl'; \
	completion fish '$(FISH_COMPLETION_DIRECTORY)/kata-ctl.fish'
	@sample() { sed 's|=\./kata\.schema\.json|=$(DATA_DIRECTORY)/kata.schema.json|' config/kata.yaml; }; \
	target='$(DESTDIR)$(CONFIG_DIRECTORY)/kata.yaml'; \
	if [[ ! -e $$target ]]; then \
		sample | install -m 0644 /dev/stdin "$$target"; \
	elif ! sample | cmp -s - "$$target"; then \
		sample | install -m 0644 /dev/stdin "$$target.new"; \
		echo "Kept $$target; the new sample is $$target.new."; \
	fi
	@[[ -n '$(DESTDIR)' ]] || echo 'Next: systemd-sysusers && systemctl daemon-reload && systemctl enable --now kata'

# Before anything is built with other versions than those that are tested.
.PHONY: check-dependencies
check-dependencies:
	@scripts/install-dependencies
	@SWIFT='$(SWIFT)' SCRATCH='$(SCRATCH)' scripts/check-dependencies

.PHONY: lock
lock: ## Write the versions of the Swift packages that were resolved to dependencies.lock
	@SWIFT='$(SWIFT)' SCRATCH='$(SCRATCH)' scripts/check-dependencies --lock

.PHONY: sbom
sbom: $(BINARIES) ## List all that the release binaries are made of (CycloneDX)
	@scripts/install-dependencies --package
	@mkdir -p '$(PACKAGES)'
	@SCRATCH='$(SCRATCH)' RELEASE='$(RELEASE)' scripts/make-sbom > '$(SBOM).new'
	@mv '$(SBOM).new' '$(SBOM)'
	@echo '$(SBOM)'

.PHONY: tarball
tarball: sbom ## Make an archive of the release binaries that `make install` installs where there is no Swift
	@RELEASE='$(RELEASE)' PACKAGES='$(PACKAGES)' SBOM='$(SBOM)' scripts/make-tarball

# As root, with debootstrap; what is missing is said, and skipped.
.PHONY: test-package
test-package: ## Install, upgrade, remove and purge the Debian package in bare roots of Debian 12 and 13
	@PACKAGES='$(PACKAGES)' scripts/test-package

# As Debian wants it: dpkg-buildpackage with debian/. What is built already is not built again.
.PHONY: deb
deb: sbom ## Make a Debian package of the release binaries
	@RELEASE='$(RELEASE)' PACKAGES='$(PACKAGES)' SBOM='$(SBOM)' scripts/make-deb

# Only what is missing is built, so that `sudo make install` leaves no files of root's in the build directory.
$(BINARIES) &:
	@[[ '$(RELEASE)' == '$(SCRATCH)/release' ]] || { echo 'There is not all of $(BINARIES), and a build would put it elsewhere.' >&2; exit 1; }
	$(MAKE) build

.PHONY: uninstall
uninstall: ## Remove what install put in place, but no configuration and no data
	rm -f '$(DESTDIR)$(BIN_DIRECTORY)/katad' '$(DESTDIR)$(BIN_DIRECTORY)/kata-ctl' \
		'$(DESTDIR)$(LIBRARY_DIRECTORY)/kata-http' '$(DESTDIR)$(UNIT_DIRECTORY)/kata.service' '$(DESTDIR)$(SYSUSERS_DIRECTORY)/kata.conf' \
		'$(DESTDIR)$(TMPFILES_DIRECTORY)/kata.conf' '$(DESTDIR)$(BASH_COMPLETION_DIRECTORY)/kata-ctl' \
		'$(DESTDIR)$(ZSH_COMPLETION_DIRECTORY)/_kata-ctl' '$(DESTDIR)$(FISH_COMPLETION_DIRECTORY)/kata-ctl.fish' \
		'$(DESTDIR)$(UNIT_DIRECTORY)/kata@.service' '$(DESTDIR)$(USER_UNIT_DIRECTORY)/kata.service' \
		$(patsubst %,'$(DESTDIR)$(DROP_IN_DIRECTORY)/%',$(notdir $(DROP_INS))) \
		'$(DESTDIR)$(DATA_DIRECTORY)/kata.schema.json' '$(DESTDIR)$(PLUGIN_DIRECTORY)/$(notdir $(PYTHON_MODULE))' \
		$(patsubst %,'$(DESTDIR)$(EXAMPLE_DIRECTORY)/%',$(notdir $(EXAMPLES) $(PYTHON_MODULE))) \
		$(patsubst %,'$(DESTDIR)$(MAN_DIRECTORY)/%',$(PAGE_PATHS))
	-@rmdir '$(DESTDIR)$(DROP_IN_DIRECTORY)' '$(DESTDIR)$(EXAMPLE_DIRECTORY)' '$(DESTDIR)$(DATA_DIRECTORY)' '$(DESTDIR)$(PLUGIN_DIRECTORY)' \
		'$(DESTDIR)$(LIBRARY_DIRECTORY)' 2>/dev/null || true
	@echo 'Kept $(DESTDIR)$(CONFIG_DIRECTORY), the database under /var/lib/kata and the user kata.'

.PHONY: clean
clean: ## Remove everything that was built, and the files of `make run`
	rm -rf '$(SCRATCH)' '$(SCRATCH)-parts' '$(SCRATCH)-fuzz' '$(RUN_DIRECTORY)' .docs .site
