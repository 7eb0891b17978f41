#!/usr/bin/env bash
# Runs what the README tells a newcomer, word for word but for the port: starts the server, pastes the first
# attempt, stops it.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
log="$work/server.log"
cleanup() {
  kill -KILL -- "-$group" 2>/dev/null || true
  rm -rf "$work"
}

# The fenced block after the marker `<!-- NAME -->` of the README.
block() {
  awk -v marker="<!-- $1 -->" '$0 == marker {on = 1; next} on && /^```/ {if (inside) exit; inside = 1; next} on && inside' README.md
}
since() { echo $((($(date +%s%N) - $1) / 1000000)) ms; }

begin=$(date +%s%N)
# A process group of its own, so that whatever is left of it can be ended.
PORT=0 DATA_DIR="$work/data" setsid bash -c "$(block start)" >"$log" 2>&1 &
group=$!
trap cleanup EXIT
until grep -q '^Listening on' "$log"; do
  kill -0 "$group" 2>/dev/null || { cat "$log"; exit 1; }
  sleep 0.1
done
echo "npm start: ready after $(since "$begin")"
url=$(sed -n 's/^Listening on //p' "$log")

block first-attempt | sed "s#http://127.0.0.1:3000#$url#" >"$work/first-attempt.sh"
bash -eu "$work/first-attempt.sh" | tee "$work/profile.txt"
grep -q '"recruiter_notes"' "$work/profile.txt"
grep -q '"explanation"' "$work/profile.txt"

# Pasted line by line into a shell as people have it open; zsh knows no comments there, and reads [0] as a pattern.
paste_into() {
  command -v "$1" >/dev/null || { echo "$1 is not installed, so nothing was pasted into it"; return 0; }
  "$@" <"$work/first-attempt.sh" >"$work/pasted.txt" 2>"$work/pasted-errors.txt"
  grep -q '"explanation"' "$work/pasted.txt"
  if grep -Ei 'not found|no matches|error' "$work/pasted-errors.txt"; then return 1; fi
  echo "pasted into $1: as well"
}
paste_into bash --norc -i
paste_into zsh -f -i

begin=$(date +%s%N)
kill -TERM "$(pgrep -g "$group" -f '^node .*dist/src/main.js')"
wait "$group" && code=0 || code=$?
echo "SIGTERM: exit code $code after $(since "$begin")"
[ "$code" -eq 0 ]
