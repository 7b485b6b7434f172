#!/bin/sh
# Make .venv hold exactly what a lock file names. Usage: tools/bootstrap.sh base|dev
# uv comes from the PATH or, pinned, from pip into .tools; nothing else is assumed of the machine.
set -eu
cd "$(dirname "$0")/.."
kind="${1:-dev}"
uv_version=0.13.9
lock="requirements/$kind.txt"
stamp=".venv/.navette-$kind"

say() { printf '%s\n' "$*" >&2; }

find_python() {
  for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  say "Navette needs Python 3.11 or newer and found none."
  say "Install it (Debian, Ubuntu: sudo apt install python3; macOS: brew install python) and run make again,"
  say "or name it: make PYTHON=/path/to/python3.12 ..."
  exit 1
}

find_uv() {
  if command -v uv >/dev/null 2>&1; then
    command -v uv
    return
  fi
  if [ ! -x .tools/bin/uv ]; then
    if ! "$python" -m pip --version >/dev/null 2>&1; then
      if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "Installing pip (Debian package python3-pip)"
        apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends python3-pip >&2
      else
        say "Navette needs pip once, to install uv, and this Python has none."
        say "Install it (Debian, Ubuntu: sudo apt install python3-pip; macOS: python3 -m ensurepip) and run make again."
        exit 1
      fi
    fi
    say "Installing uv $uv_version into .tools"
    "$python" -m pip install --quiet --disable-pip-version-check --no-warn-script-location \
      --root-user-action=ignore --target .tools "uv==$uv_version" >&2
  fi
  printf '%s/.tools/bin/uv\n' "$PWD"
}

# The dev lock holds the base one: a tree set up for tests also runs the demo.
if [ -x .venv/bin/navette ]; then
  for done in ".venv/.navette-dev:requirements/dev.txt" ".venv/.navette-base:requirements/base.txt"; do
    mark="${done%%:*}" file="${done##*:}"
    case "$kind:$mark" in dev:*-base) continue ;; esac
    if [ -f "$mark" ] && cmp -s "$mark" "$file"; then exit 0; fi
  done
fi

python="$(find_python)"
uv="$(find_uv)"
# A machine's own pip settings say where packages come from; uv reads its own, so the two are made to agree.
if [ -z "${UV_FIND_LINKS:-}" ] && [ -n "${PIP_FIND_LINKS:-}" ]; then
  export UV_FIND_LINKS="$PIP_FIND_LINKS"
fi
say "Installing Navette's dependencies ($lock)"
[ -x .venv/bin/python ] || "$uv" venv --quiet --clear --python "$python" .venv
"$uv" pip sync --quiet --python .venv/bin/python --require-hashes "$lock"
"$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
rm -f .venv/.navette-*
cp "$lock" "$stamp"
