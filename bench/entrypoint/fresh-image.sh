#!/bin/sh
# Puts a copy of this machine's file system together that may be written to, takes the JSON tool out of it, says `ready` and
# runs a command in it when a line comes: a container that has just started. Runs as root of its own mount namespace.
# fresh-image.sh DIRECTORY COMMAND...
set -eu
scratch=$1
shift
path=$PATH
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t tmpfs tmpfs "$scratch"
mkdir "$scratch/upper" "$scratch/work" "$scratch/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$scratch/upper,workdir=$scratch/work" "$scratch/root"
mount --rbind /proc "$scratch/root/proc"
mount --rbind /dev "$scratch/root/dev"
mount --rbind /tmp "$scratch/root/tmp"
chroot "$scratch/root" apt-get purge -y jq libjq1 libonig5 >/dev/null 2>&1 || :
# The guide's own image has no package lists either.
rm -rf "$scratch/root"/var/lib/apt/lists/*
echo ready
read -r _
exec chroot "$scratch/root" env "PATH=$path" "$@"
