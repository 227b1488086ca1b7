# The tasks of course.py for people who type make. Arguments: make test ARGS="tests/figures -k stride"
PYTHON ?= python3

.PHONY: help start reset doctor test book notebooks stable lint bench lock grade setup
help:
	@$(PYTHON) course.py
start reset doctor test book notebooks stable lint bench lock grade setup:
	@$(PYTHON) course.py $@ $(ARGS)
