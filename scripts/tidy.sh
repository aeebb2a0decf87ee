#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors
#
# Runs clang-tidy over src/core and src/wire; .clang-tidy says which checks. Needs a configured build folder.
set -euo pipefail
cd "$(dirname "$0")/.."

files='/src/(core|wire)/.*\.cpp$'
if ! grep -qE "\"file\": \".*$files" <(sed 's/",\?$//' build/compile_commands.json); then
    echo "tidy.sh: build/compile_commands.json names no file of core or wire" >&2
    exit 1
fi
# The compile commands are those of g++, some of whose warnings clang does not know.
run-clang-tidy-19 -quiet -extra-arg=-Wno-unknown-warning-option -j "$(nproc)" -p build "$files"
