# The two commands of README.md; everything else is Meson's.
.PHONY: run test build
run:
	@build-aux/run-demo.sh
test:
	@build-aux/run-tests.sh
build:
	@build-aux/build.sh
