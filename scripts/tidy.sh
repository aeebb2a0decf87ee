#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors
#
# Runs clang-tidy over src/core and src/wire; .clang-tidy says which checks. Needs a configured build folder.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$(pwd -P)
run-clang-tidy-19 -quiet -j "$(nproc)" -p build "^$root/src/(core|wire)/.*\.cpp$"
