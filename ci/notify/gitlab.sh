#!/usr/bin/env bash
# One issue per target and clause: opened when it is newly broken, closed when it has recovered, and assigned where a waiver names @somebody. Needs glab and jq.
#   ci/notify/gitlab.sh page/night.json        (DRY=1 prints the commands instead)
set -euo pipefail
night=$1

do_() { if [ -n "${DRY:-}" ]; then printf '%q ' "$@"; echo; else "$@"; fi; }

open_issue() {
  if [ -n "${DRY:-}" ]; then return; fi
  glab issue list --label conformance --search "$1" --in title --output json | jq -r --arg title "$1" '.[] | select(.title == $title) | .iid' | head -n 1
}

jq -c '.changes[]' "$night" | while read -r change; do
  title="conformance: $(jq -r .target <<<"$change") $(jq -r '.clause // "not tested"' <<<"$change")"
  words=$(jq -r '"\(.kind) at \(.target)" + (if .since then (if .kind == "recovered" then " on " else ", since " end) + .since else "" end) + (if .words != "" then ": \(.words)" else "" end)' <<<"$change")
  number=$(open_issue "$title")
  case $(jq -r .kind <<<"$change") in
    "newly broken" | "newly inconclusive" | "no longer waived" | "still broken" | "not tested")
      if [ -z "$number" ]; then do_ glab issue create --yes --title "$title" --label conformance --description "$words"; fi
      ;;
    waived)
      words=$(jq -r .words <<<"$change")
      owner=$(sed -nE 's/.*waived by @([A-Za-z0-9._-]+) until.*/\1/p' <<<"$words" | head -n 1)
      number=$(open_issue "$title")
      if [ -n "$number" ] && [ -n "$owner" ]; then do_ glab issue update "$number" --assignee "$owner"; fi
      ;;
    recovered)
      if [ -n "$number" ]; then do_ glab issue close "$number"; elif [ -n "${DRY:-}" ]; then do_ glab issue close "<number of $title>"; fi
      ;;
  esac
done
