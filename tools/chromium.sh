#!/bin/sh
# Print the path of a Chromium for the browser tests, installing one if need be: Debian's package when root,
# else playwright's own in the user's cache. Never asks for sudo: what cannot be had is named with its command.
# Where there is a choice it is the headless shell: the same engine without the desktop around it, at a third of the cost.
set -eu
cd "$(dirname "$0")/.."
find_it() {
  for candidate in "${NAVETTE_CHROMIUM:-}" chromium-headless-shell chromium chromium-browser google-chrome; do
    [ -n "$candidate" ] && command -v "$candidate" 2>/dev/null && return 0
  done
  .venv/bin/python -c '
import pathlib, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    path = p.chromium.executable_path
print(path) if pathlib.Path(path).exists() else sys.exit(1)' 2>/dev/null
}
find_it && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq >&2 || true
  for package in chromium-headless-shell chromium; do
    echo "Installing Chromium (Debian package $package)" >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" fonts-liberation >&2 && break
  done
else
  echo "Installing Chromium (playwright's own)" >&2
  .venv/bin/python -m playwright install chromium >&2 || true
fi
find_it && exit 0
echo "The browser tests need Chromium and it could not be installed. Install it and run again:" >&2
echo "  Debian, Ubuntu: sudo apt install chromium     macOS: .venv/bin/python -m playwright install chromium" >&2
exit 1
