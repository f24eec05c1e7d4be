#!/usr/bin/env bash
# Who is a distributor, VAR, MSP, agent, consultant, retailer, integrator, and why; and drift over months.
set -eu
python3 tests/support/roles.py "${BUILD:-build/release}/claimctl"
