# The commands of the checkout; `make` alone lists them.

.DEFAULT_GOAL := help
.PHONY: help run console pictures phone phone-pictures bindings agent agent-windows test-agent-windows package test-package corpus test test-api peers fuzz test-console test-kotlin test-swift simulate bench lint lint-format lint-code lint-docs deny clean-services

help: ## Lists the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# A build for development: it is there in half the time that one for release takes, and what is slow otherwise (SQLite,
# hashes, passwords, compression) is optimised in it too. Options: make run DEMO="--pace 3 --listen 127.0.0.1:8080"
run: console ## Shows Campo at work with a sample company, until Ctrl-C; installs a C compiler where it is missing
	@.ci/toolchain
	@cargo run -p campo-server --bin campo -- demo $(DEMO)

console: ## Builds the console, which the next build of the server holds; installs its packages, and Node where it is missing
	console/build.sh

pictures: console ## Writes every page of the console as pictures into console/pictures: make pictures PAGES="tablero lugares"
	cargo build -p campo-server --bin campo
	cd console && npm run -s pictures -- $(PAGES)

test: ## Runs every test on SQLite and PostgreSQL; installs PostgreSQL, outside clients and a browser first where they are missing
	tests/postgres.sh install
	tests/validator.sh
	tests/soap_clients.sh install >/dev/null
	tests/clients.sh install
	tests/mail_server.sh >/dev/null
	cargo build --workspace --bins
	cargo test --workspace --no-run
	TEST_POSTGRES="$$(tests/postgres.sh start)" && export TEST_POSTGRES && \
		tests/beside_simulator.sh $(SIMULATOR) $(SEEDS) -- cargo test --workspace
	CONSOLE_BROWSER=no console/test.sh

test-console: ## Tests every page of the console in a real browser against the real server
	cargo build --workspace --bins
	console/test.sh

# The screens of the Android app over the real core, in a window; options: make phone PHONE="--link https://server/e#code"
phone: ## Shows the phone in a window, over the real core; installs JDK 17 and Maven where they are missing
	@.ci/toolchain
	@android/jvm/phone.sh run $(PHONE)

phone-pictures: ## Writes every screen of the phone as pictures into android/jvm/desktop/target/pictures, in both languages
	android/jvm/phone.sh pictures

# Options: make test-api API="--include-path-regex '^/v1/tasks' --max-examples 50"
test-api: ## Has Schemathesis ask every operation of a real server; installs it into the target folder
	cargo build --workspace --bins
	tests/schemathesis.sh $(API)

# Options: make fuzz SECONDS=60 TARGETS="envelope names"
SECONDS := 600
fuzz: ## Lets libFuzzer make up spreadsheets, SOAP requests, expressions and names, ten minutes each; needs Rust's nightly
	fuzz/fuzz.sh $(SECONDS) $(TARGETS)

# Options: make peers PEERS=rclone
peers: ## Tries clients and servers that we did not write against a real server, and writes docs/peers.md; installs them (root)
	cargo build --workspace --bins
	tests/peers.sh $(PEERS)

corpus: ## Writes the spreadsheets of real programs that the tests read anew; installs Python, Node and LibreOffice (root)
	tests/samples/corpus/make.sh

test-kotlin: ## Tests the Kotlin wrapper, a working day on the phone's screens and its window; installs JDK 17 and Maven where they are missing
	android/jvm/phone.sh test
	android/jvm/window.sh

test-swift: ## Tests the Swift wrapper on Linux and parses the iOS app; installs Swift into a folder of its own (root)
	ios/test.sh

bindings: ## Writes the Kotlin and Swift sides of the phone's border from the library of its core
	android/jvm/phone.sh bindings

AGENTS := $(if $(CAMPO_AGENT_FOLDER),$(CAMPO_AGENT_FOLDER),agents)
agent: ## Builds the agent for Linux into the folder that the setting `agent_folder` names (CAMPO_AGENT_FOLDER, else ./agents)
	agent/build.sh linux "$(AGENTS)"

agent-windows: ## The same for Windows, from Linux; installs what it takes (root)
	agent/build.sh windows "$(AGENTS)"

test-agent-windows: agent-windows ## Tries the agent for Windows under Wine, which it installs (root)
	agent/wine.sh "$(AGENTS)"

package: console ## Builds the Debian package of the server; installs cargo-deb where it is missing
	packaging/package.sh build

test-package: package ## Installs, starts, upgrades and removes the package here: for a machine that can be thrown away (root)
	packaging/package.sh test

SIMULATOR := "$${CARGO_TARGET_DIR:-target}/debug/simulator"
SEEDS := 200
simulate: ## Plays seeds of the simulator, and finds planted faults: make simulate SEEDS="10000 1" for 10000 from 1 on
	cargo build --workspace --bins
	$(SIMULATOR) $(SEEDS)

bench: console ## Measures the figures beside their limits, from a build for release; takes some minutes
	tests/postgres.sh install
	cargo build --release -p campo-server -p campo-tests --bin campo --bin bench
	TEST_POSTGRES="$$(tests/postgres.sh start --durable)" && export TEST_POSTGRES && \
		"$${CARGO_TARGET_DIR:-target}/release/bench" $(BENCH)
	console/bench.sh

lint: lint-format lint-code lint-docs ## Checks formatting, lints and documentation

lint-format:
	cargo fmt --all --check

lint-code:
	cargo clippy --workspace --all-targets -- -D warnings

lint-docs:
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Not a part of `test`: advisories come from the network, and a new one is no fault of the commit that is tested. Without
# a network: make deny CHECKS="licenses bans sources"
CHECKS := advisories licenses bans sources
deny: ## Checks advisories, licences, bans and sources of what Campo depends on; needs cargo-deny (cargo install cargo-deny)
	cargo deny check $(CHECKS)

clean-services: ## Stops the PostgreSQL servers that the tests started
	tests/postgres.sh stop
