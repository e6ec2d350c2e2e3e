#!/usr/bin/env bash
# One line into a chat, where something is red: CHAT_WEBHOOK is the address of an incoming webhook (Slack, Mattermost, Teams).
#   ci/notify/chat.sh page/night.json          (DRY=1 prints what would be sent instead)
set -euo pipefail
say() {
  if [ -n "${DRY:-}" ]; then cat; else curl --silent --show-error --fail --header 'Content-Type: application/json' --data-binary @- "$CHAT_WEBHOOK"; fi
}
if [ "$(jq -r .red "$1")" = true ]; then
  jq '{text: .sentence}' "$1" | say
fi
