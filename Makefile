# The commands of the checkout; `make` alone lists them.

.DEFAULT_GOAL := help
.PHONY: help test bench lint lint-format lint-code lint-docs clean-services

help: ## Lists the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

test: ## Runs every test on SQLite and PostgreSQL; installs PostgreSQL first where it is missing
	tests/postgres.sh install
	cargo build --workspace --bins
	TEST_POSTGRES="$$(tests/postgres.sh start)" && export TEST_POSTGRES && cargo test --workspace

bench: ## Measures the figures beside their limits, from a build for release; takes some minutes
	tests/postgres.sh install
	TEST_POSTGRES="$$(tests/postgres.sh start --durable)" && export TEST_POSTGRES && \
		cargo run --release -p campo-tests --bin bench -- $(BENCH)

lint: lint-format lint-code lint-docs ## Checks formatting, lints and documentation

lint-format:
	cargo fmt --all --check

lint-code:
	cargo clippy --workspace --all-targets -- -D warnings

lint-docs:
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

clean-services: ## Stops the PostgreSQL servers that the tests started
	tests/postgres.sh stop
