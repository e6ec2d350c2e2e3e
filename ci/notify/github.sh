#!/usr/bin/env bash
# One issue per target and clause: opened when it is newly broken, closed when it has recovered. Needs gh and jq.
#   ci/notify/github.sh page/night.json        (DRY=1 prints the commands instead)
# The owner is assigned where the waiver names a GitHub account as @name.
set -euo pipefail
night=$1

do_() { if [ -n "${DRY:-}" ]; then printf '%q ' "$@"; echo; else "$@"; fi; }

open_issue() { # the number of the open issue of that title, if there is one
  if [ -n "${DRY:-}" ]; then return; fi
  gh issue list --state open --label conformance --search "in:title \"$1\"" --json number,title |
    jq -r --arg title "$1" '.[] | select(.title == $title) | .number' | head -n 1
}

do_ gh label create conformance --force --description "what Countermand has seen" >/dev/null
jq -c '.changes[]' "$night" | while read -r change; do
  kind=$(jq -r .kind <<<"$change")
  title="conformance: $(jq -r .target <<<"$change") $(jq -r '.clause // "not tested"' <<<"$change")"
  words=$(jq -r '"\(.kind) at \(.target)" + (if .since then (if .kind == "recovered" then " on " else ", since " end) + .since else "" end) + (if .flaky then ", \(.flaky)" else "" end) + (if .words != "" then ": \(.words)" else "" end)' <<<"$change")
  number=$(open_issue "$title")
  case $kind in
    "newly broken" | "newly inconclusive" | "no longer waived" | "still broken" | "not tested")
      if [ -z "$number" ]; then do_ gh issue create --title "$title" --label conformance --body "$words"; fi
      ;;
    waived)
      owner=$(sed -nE 's/.*waived by @([A-Za-z0-9-]+) until.*/\1/p' <<<"$words" | head -n 1)
      if [ -n "$number" ] && [ -n "$owner" ]; then do_ gh issue edit "$number" --add-assignee "$owner"; fi
      ;;
    recovered)
      if [ -n "$number" ]; then do_ gh issue close "$number" --comment "$words"; elif [ -n "${DRY:-}" ]; then do_ gh issue close "<number of $title>" --comment "$words"; fi
      ;;
  esac
done
