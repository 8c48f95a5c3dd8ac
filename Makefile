# make run     installs what is missing, builds, tells the story of examples/clinic
# make test    the fast tests, at most 35 minutes on 2 cores
.PHONY: run build test test-long bench weights setup format clean

run: build
	@tools/story

build: setup
	cmake --preset release
	cmake --build --preset release --target zkp

test: setup
	@python3 -B tools/test.py

# make test-long [SUITE=name] [SECONDS=n] [SEED=n]
test-long: setup
	@python3 -B tools/long.py $(if $(SUITE),--suite $(SUITE)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED))

# make bench [BENCH=name]
bench: setup
	@python3 -B tools/bench.py $(BENCH)

# make weights     measures every call on this machine and writes src/runtime/product/weights.hpp
weights: setup
	cmake --preset release
	cmake --build --preset release --target bench_weights
	ZKP_WEIGHTS=src/runtime/product/weights.hpp build/bench/bench_weights
	@python3 -B tools/format.py --fix

setup:
	@tools/install

format: setup
	@python3 -B tools/format.py --fix

clean:
	rm -rf build
