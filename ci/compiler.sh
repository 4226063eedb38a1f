# The compiler for other targets; to be sourced after common.sh.
#
# rustup's standard libraries cannot be fetched everywhere, so this takes Debian's rustc (package
# rustc-web, kept current for browsers) and unpacks it under the cache: nothing is installed. The
# standard library of another target comes prebuilt from Debian 13 if it has the same version
# (checked by the compiler itself), and is otherwise built from source by cargo.

sysroot=$cache/rustc
cross_rustc=$sysroot/rustc.sh

# Prints the address of the Debian mirror of this machine.
mirror() {
  apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
    awk '$1 == "Debian" && $2 == "main" && $3 !~ /-/ { print $4; exit }'
}

# unpack DIRECTORY [PATTERN]: unpacks all packages there (of each, what matches) and deletes them.
unpack() {
  local deb
  for deb in "$1"/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$sysroot" --wildcards "${2:-*}"
  done
  rm -r "$1"
}

# Makes $cross_rustc and sets $cross_version, such as 1.96.0.
need_compiler() {
  if [ ! -e "$sysroot/ready" ]; then
    local version short
    rm -rf "$sysroot"
    mkdir -p "$sysroot/debs"
    as_root apt-get -qq update </dev/null
    version=$(apt-cache policy rustc-web | sed -n 's/^ *Candidate: //p')
    short=$(cut -d. -f1,2 <<<"$version")
    [ -n "$short" ] || fail "no package rustc-web here: this needs Debian 12 with its security updates"
    echo "unpacking Debian's rustc-web $version"
    (cd "$sysroot/debs" && apt-get -qq -o APT::Sandbox::User=root download "rustc-web=$version" \
      "libstd-rust-web-$short=$version" "libstd-rust-web-dev=$version" \
      "$(apt-cache depends "libstd-rust-web-$short" | sed -n 's/.*Depends: \(libllvm.*\)/\1/p')")
    unpack "$sysroot/debs"
    cat >"$cross_rustc" <<EOF
#!/bin/sh
LD_LIBRARY_PATH=$sysroot/usr/lib/x86_64-linux-gnu exec $sysroot/usr/bin/rustc "\$@"
EOF
    chmod +x "$cross_rustc"
    "$cross_rustc" --version >/dev/null 2>&1 || apt_install libedit2 libxml2 libzstd1 libz3-4 libffi8
    touch "$sysroot/ready"
  fi
  cross_version=$("$cross_rustc" --version | cut -d' ' -f2)
}

# need_source: adds the source of the standard library, for cargo's -Zbuild-std.
need_source() {
  local library=$sysroot/usr/src/rustc-$cross_version/library
  [ ! -e "$library/Cargo.lock" ] || return 0
  mkdir -p "$sysroot/debs"
  as_root apt-get -qq update </dev/null
  (cd "$sysroot/debs" && apt-get -qq -o APT::Sandbox::User=root download \
    "rust-web-src=$(apt-cache madison rust-web-src | awk -v v="$cross_version" 'index($3, v "+") == 1 { print $3; exit }')")
  unpack "$sysroot/debs" './usr/src/rustc-*/library/*'
  mkdir -p "$sysroot/usr/lib/rustlib/src"
  ln -sfn "../../../src/rustc-$cross_version" "$sysroot/usr/lib/rustlib/src/rust"
}

# need_std TARGET ARCHITECTURE: the prebuilt standard library, from Debian's package for that
# architecture. Sets $build_std to what cargo needs if there is none.
need_std() {
  build_std=
  [ ! -e "$sysroot/usr/lib/rustlib/$1/lib" ] || return 0
  local debs=$sysroot/debs apt=$sysroot/apt-$2 version
  mkdir -p "$debs" "$apt/lists/partial" "$apt/cache/archives/partial"
  : >"$apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror) trixie main" >"$apt/sources.list"
  local options=(-qq -o APT::Architecture="$2" -o APT::Architectures="$2" -o APT::Sandbox::User=root
    -o Acquire::Languages=none -o Acquire::Retries=3 -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
    -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::State::Lists="$apt/lists" -o Dir::State::Status="$apt/status" -o Dir::Cache="$apt/cache")
  if apt-get "${options[@]}" update </dev/null &&
    version=$(apt-cache "${options[@]}" madison libstd-rust-web-dev |
      awk -v v="$cross_version" 'index($3, v "+") == 1 { print $3; exit }') && [ -n "$version" ] &&
    (cd "$debs" && apt-get "${options[@]}" download "libstd-rust-web-dev=$version"); then
    echo "unpacking the standard library of $1, $version"
    unpack "$debs" "./usr/lib/rustlib/$1/*"
  else
    echo "no prebuilt standard library of $1 for $cross_version: cargo will build it (3 minutes)"
    need_source
    build_std=-Zbuild-std=std,panic_abort,test
  fi
  rm -rf "$apt"
}
