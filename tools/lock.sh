#!/bin/sh
# Resolve the dependencies of pyproject.toml again into requirements/*.txt, with hashes and no address in them.
set -eu
cd "$(dirname "$0")/.."
uv="$(command -v uv || printf '.tools/bin/uv')"
lock() {
  out="$1"
  shift
  "$uv" pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
    --no-emit-find-links --no-header "$@" pyproject.toml requirements/build.in -o "requirements/$out.txt" >/dev/null
}
lock base
lock dev --extra dev
