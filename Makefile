# jumun on a Debian machine. `make run` and `make test` install what is missing (as root, the first time).

CARGO ?= cargo
# What `make test` runs: engines, a part of the names of tests, and how many tests at once.
ENGINES ?= mariadb mysql
T ?=
TEST_THREADS ?=
# How many orders, and cart rows of others, `make bench-growth` compares with 10,000; kept below var/growth.
N ?= 1000000
CART_ROWS ?= $(N)
# Options of `make bench` and `make bench-quick`: `--engine mariadb`, `--rounds 3`, `--publish`.
BENCH ?=
# How much `make soak` sends, and the seed that repeats a run.
FUZZ_COUNT ?= 100000
FUZZ_SEED ?= random

.DEFAULT_GOAL := help
.PHONY: help run test soak reset fmt lint bench bench-quick bench-growth

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build and run everything on this machine: database, gateway, payment sandbox, demonstration shop
	@tests/tools/install run
	@$(CARGO) build --locked --bins --examples
	@exec target/debug/examples/demo

reset: ## forget the data of `make run`
	@tests/tools/reset

test: ## all tests, on MariaDB and on MySQL (ENGINES=mariadb, T=part-of-a-name)
	@tests/tools/install test
	@CARGO="$(CARGO)" TEST_THREADS="$(TEST_THREADS)" tests/tools/test "$(ENGINES)" "$(T)"

soak: ## 100,000 random calls and 100,000 random requests on each engine (FUZZ_COUNT=, FUZZ_SEED=)
	@tests/tools/install test
	@CARGO="$(CARGO)" FUZZ_COUNT="$(FUZZ_COUNT)" FUZZ_SEED="$(FUZZ_SEED)" tests/tools/soak "$(ENGINES)"

fmt: ## format the Rust code
	@$(CARGO) fmt

lint: ## what CI asks besides the tests
	@$(CARGO) fmt --check
	@$(CARGO) clippy --locked --all-targets -- -D warnings

bench: ## what an order costs beside the same writes alone and an application of its own, on both engines: 10 to 20 minutes
	@tests/tools/install test
	@$(CARGO) bench --locked --bench load -- orders $(BENCH)
	@$(CARGO) bench --locked --bench load -- gateway-share

bench-quick: ## the ratios of it that have a target: 2 to 3 minutes
	@tests/tools/install test
	@$(CARGO) bench --locked --bench load -- orders --quick $(BENCH)

bench-growth: ## whether an order costs the same with N=1000000 orders and CART_ROWS=N in the tables (10000000: 25 GB of disk, an hour to fill)
	@tests/tools/install test
	@$(CARGO) bench --locked --bench load -- growth --orders $(N) --cart-rows $(CART_ROWS) $(BENCH)
