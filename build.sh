#!/usr/bin/env bash
# Wraps build.cake: ./build.sh TARGET [--option value]. Without a target it lists them.
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
target="${1:-help}"; [ $# -gt 0 ] && shift
dotnet tool restore --verbosity quiet >/dev/null
exec dotnet cake build.cake --target="$target" --verbosity=normal "$@"
