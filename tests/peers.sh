#!/usr/bin/env bash
# Programs that we did not write, against a real server: clients of FTP and SFTP, servers that customers have, clients of
# SOAP. Those that every test run needs are in tests/clients.sh and tests/soap_clients.sh; here are all others. Installs
# them first (root, apt; packages of Python, Node and Java into the target folder). Prints what each came to and writes it, with
# versions, into docs/peers.md. Options: tests/peers.sh ONLY, for those whose name has ONLY in it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools=$(realpath -m "${CARGO_TARGET_DIR:-target}")/peers

library=/usr/lib/$(uname -m)-linux-gnu
tests/clients.sh install curl:/usr/bin/curl lftp:/usr/bin/lftp ncftp:/usr/bin/ncftpput putty-tools:/usr/bin/psftp \
    tnftp:/usr/bin/tnftp inetutils-ftp:/usr/bin/inetutils-ftp rclone:/usr/bin/rclone php-cli:/usr/bin/php \
    gsoap:/usr/bin/wsdl2h libgsoap-dev:/usr/include/stdsoap2.h g++:/usr/bin/g++ openssl:/usr/bin/openssl \
    libpcre2-posix3:"$library/libpcre2-posix.so.3" libmemcached11:"$library/libmemcached.so.11" \
    libmemcachedutil2:"$library/libmemcachedutil.so.2" libsodium23:"$library/libsodium.so.23" \
    libhiredis0.14:"$library/libhiredis.so.0.14" \
    openjdk-17-jdk-headless:/usr/bin/javac maven:/usr/bin/mvn mono-devel:/usr/bin/svcutil
mkdir -p "$tools"
# Debian lets no two servers of FTP be installed side by side: these are unpacked into the target folder
if [ ! -x "$tools/servers/usr/sbin/pure-ftpd" ]; then
    mkdir -p "$tools/servers"
    (cd "$tools" && apt-get download proftpd-core proftpd-mod-crypto pure-ftpd pure-ftpd-common >&2)
    for package in "$tools"/*.deb; do dpkg -x "$package" "$tools/servers"; done
fi
PATH="$tools/servers/usr/sbin:$tools/servers/usr/bin:$PATH"
export PATH
python=$(sh tests/python.sh peers-python paramiko suds-community)/python
if [ ! -d "$tools/node/node_modules/strong-soap" ]; then
    mkdir -p "$tools/node"
    # shellcheck disable=SC1091 # finds Node, or brings it
    . console/node.sh && node_ready
    npm install --prefix "$tools/node" --silent --no-audit --no-fund basic-ftp ssh2-sftp-client soap strong-soap >&2
fi
# Java's toolkits, each with its own jars
for toolkit in ri cxf axis; do
    if [ ! -d "$tools/java/$toolkit" ] || [ "tests/peers/java/$toolkit.xml" -nt "$tools/java/$toolkit" ]; then
        rm -rf "$tools/java/$toolkit"
        mvn -q -B -f "tests/peers/java/$toolkit.xml" dependency:copy-dependencies -DoutputDirectory="$tools/java/$toolkit" >&2
        touch "$tools/java/$toolkit"
    fi
done

# The API tells the ports that are configured
read -r sftp ftp ftps < <(python3 -c 'import socket
bound = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
print(*(one.getsockname()[1] for one in bound))')
export CAMPO_SFTP_LISTEN=127.0.0.1:$sftp CAMPO_FTP_LISTEN=127.0.0.1:$ftp CAMPO_FTPS_LISTEN=127.0.0.1:$ftps CAMPO_FTP_PLAIN=true
export CAMPO_FTP_PASSIVE_FIRST=24000 CAMPO_FTP_PASSIVE_LAST=24999 CAMPO_OUTBOUND_NETWORKS=127.0.0.0/8
. tests/served.sh
"$python" tests/peers/run.py "$url" "$bearer" "$tools" "$folder" "${1:-}"
