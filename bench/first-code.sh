#!/usr/bin/env bash
# How long each way to get the service takes to the first code, with an empty home folder and no cache, and what it puts on
# the disk. Needs Node, npm, git, curl and util-linux; Bun, if it is on the PATH, is not used but for the executable.
#
# Usage: bash bench/first-code.sh
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir home app
port=21000

# Starts a command in a folder and prints the milliseconds until it has issued a code. Then it ends the command.
measure() {
  local what=$1 where=$2
  shift 2
  port=$((port + 1))
  local began
  began=$(date +%s%N)
  (cd "$where" && exec env -i HOME="$folder/home" PATH="$PATH" HOST=127.0.0.1 PORT=$port setsid bash -c "$*") >/dev/null 2>&1 &
  local group=$!
  until curl -sf "localhost:$port/otp/request" -H 'content-type: application/json' -d '{"user":"alice"}' -o /dev/null; do
    sleep 0.01
  done
  echo "$what: $((($(date +%s%N) - began) / 1000000)) ms"
  kill -- -$group 2>/dev/null || kill $group
  wait $group 2>/dev/null || true
}

git clone -q "$root" clone
measure 'checkout, the first time' clone npx --yes bun@1.4.5 start
measure 'checkout, again' clone npx --yes bun@1.4.5 start
echo "packages: $(du -sm clone/node_modules | cut -f1) MB"

(cd clone && npm pack --silent --pack-destination ..) >/dev/null 2>&1
echo "package: $(($(stat -c %s ./*.tgz) / 1000)) KB"
rm -rf home && mkdir home
echo '{}' >app/package.json
measure 'package, with its installation' app "npm install --no-audit --no-fund ../*.tgz && exec node_modules/.bin/mock-otp-service"
measure 'package, again' app npx mock-otp-service
echo "packages: $(du -sm app/node_modules | cut -f1) MB"

(cd clone && npx --yes bun@1.4.5 run binary) >/dev/null 2>&1
measure 'executable' clone exec dist/mock-otp-service
echo "executable: $(du -m clone/dist/mock-otp-service | cut -f1) MiB"
