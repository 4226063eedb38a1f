# What the scripts of this folder share; to be sourced, not run.
#
# The cache of compilers and build folders is .cache/ in the repository, or $SHANGMI_CACHE.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${SHANGMI_CACHE:-$root/.cache}
mkdir -p "$cache"
export CARGO_INCREMENTAL=0 DEBIAN_FRONTEND=noninteractive

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "this needs root: $*"
  fi
}

# apt_install PACKAGE…: installs Debian packages.
apt_install() {
  command -v apt-get >/dev/null || fail "install by hand (no apt-get here): $*"
  echo "installing $*"
  if [ -z "${apt_updated:-}" ]; then
    as_root apt-get -qq update </dev/null
    apt_updated=yes
  fi
  as_root apt-get -qq -y --no-install-recommends install "$@" </dev/null >"$cache/apt.log" 2>&1 ||
    { cat "$cache/apt.log" >&2; fail "apt-get could not install $*"; }
}

# need COMMAND-OR-FILE PACKAGE: installs the Debian package if the command or file is missing.
need() {
  [ -e "$1" ] || command -v "$1" >/dev/null || apt_install "$2"
}

# need_cargo TOOL: installs a cargo subcommand from its crate if it is missing.
need_cargo() {
  command -v "$1" >/dev/null && return
  echo "installing $1"
  cargo install --locked --quiet "$1" </dev/null
}
