#!/usr/bin/env bash
# Runs the end-to-end tests on each tier of TIERS (control nodes): starts it, checks
# it, and ends it again. A tier that was up before is used and stays up. E2E_FLAGS
# goes to go test, as in E2E_FLAGS='-run Tunnel -v'. Nothing is skipped: a tier that
# cannot run is a failure.
. "$(dirname "$0")/lib.sh"

# one tier, in a shell of its own, for what a tier is called is part of its folder
# and of the environment.
one() {
  . "$rig/lib.sh"
  up || trap '"$rig/down.sh"' EXIT
  "$rig/up.sh"
  "$rig/accept.sh"
  cd "$root"
  # shellcheck disable=SC2086 # several flags
  go test -tags e2e -count=1 -parallel 4 -timeout 20m -exec "$rig/enter.sh" ${E2E_FLAGS:-} ./test/e2e/...
}

for tier in ${TIERS:-control nodes}; do
  echo "--- e2e: $tier"
  (export TIER=$tier; one)
done
