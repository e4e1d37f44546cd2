#!/usr/bin/env bash
# Wraps build.cake: ./build.sh TARGET [--] [arguments for edgenode]. Without a target it lists them.
set -euo pipefail
command -v dotnet >/dev/null || { echo "build.sh: the .NET 10 SDK is needed and dotnet is not on the PATH" >&2; exit 1; }
export EDGENODE_CALLED_FROM="$PWD"
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
target="${1:-help}"; [ $# -gt 0 ] && shift
said=$(dotnet tool restore 2>&1) || { echo "$said" >&2; exit 1; }
[ "${1:-}" = "--" ] && shift
exec dotnet cake build.cake --target="$target" -- "$@"
