# Thin: Meson does the work. `make` leaves the program at build/handback.
SHELL := /bin/bash
B ?= build
export PATH := /usr/bin:/bin:/usr/sbin:/sbin:$(PATH)

.PHONY: all deps deps-build deps-test demo test asan fuzz bench install clean
all: deps-build
	@test -f $(B)/build.ninja || meson setup $(B) >/dev/null
	@meson compile -C $(B) --ninja-args=--quiet

deps: ; @tools/deps.sh build test
deps-build: ; @tools/deps.sh build
deps-test: ; @tools/deps.sh build test

demo: all
	@tools/demo.sh $(B)/handback

test: deps-test all
	@tools/test.sh $(B)

asan: deps-test
	@tools/test.sh --asan

fuzz: deps-test
	@tools/fuzz.sh $(or $(SECONDS_EACH),600)

bench: deps-test
	@tools/deps.sh bench
	@tools/bench.sh

install: all
	@meson install -C $(B)

clean: ; @rm -rf build build-*
