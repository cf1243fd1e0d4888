#!/usr/bin/env bash
# privoxy answers CONNECT to a host that it can't find with 404, as if it were a web server without that page.
#
# Expected: RFC 9110 has 502 and 504 for a proxy that does not reach what it was asked for; squid, tinyproxy and privoxy itself
# answer 500 or 503 when nobody listens there.
# Instead: for a name that can't be resolved privoxy answers "404 No such domain", for a port at which nobody listens "503 Connect
# failed". A client that takes 404 to CONNECT for "this is no proxy" sends people to look for the wrong fault.
# Seen with: privoxy 3.0.34-1 (Debian 12).
# Homing: 404 to CONNECT is "no proxy", as it is from a web server; only with the reason "No such domain" is it "it does not
# reach the server", see crates/engine/src/net/tunnel.rs.
set -euo pipefail

folder=$(mktemp -d)
end() {
  local running
  running=$(jobs -p)
  [ -z "$running" ] || kill $running 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap end EXIT
cd "$folder"
chmod 755 .
command -v apt-get python3 dpkg-deb >/dev/null || exit 2
apt-get -o APT::Sandbox::User=root download -qq privoxy=3.0.34-1 libbrotli1=1.0.9-2+b6 libmbedcrypto7=2.28.3-1 libmbedtls14=2.28.3-1 libmbedx509-1=2.28.3-1 libpcre3=2:8.39-15 2>/dev/null || exit 2
for package in *.deb; do dpkg-deb -x "$package" .; done
export LD_LIBRARY_PATH="$folder/usr/lib/x86_64-linux-gnu"

cat >privoxy.conf <<CONF
confdir $folder/etc/privoxy
templdir $folder/etc/privoxy/templates
logdir $folder
listen-address 127.0.0.1:24651
CONF
usr/sbin/privoxy --version
usr/sbin/privoxy --no-daemon "$folder/privoxy.conf" >/dev/null 2>&1 &

python3 - <<'PY'
import socket, sys, time

def asked(target):
    for _ in range(100):
        try:
            stream = socket.create_connection(("127.0.0.1", 24651))
            break
        except OSError:
            time.sleep(0.1)
    else:
        sys.exit(2)
    stream.settimeout(60)
    stream.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    return stream.recv(4096).split(b"\r\n")[0].decode()

listener = socket.create_server(("127.0.0.1", 24652))
there, nobody, unknown = asked("127.0.0.1:24652"), asked("127.0.0.1:24653"), asked("nobody.invalid:443")
print(f"a server: {there}\nnobody listens: {nobody}\na name that does not exist: {unknown}")
good = " 200 " in there and " 503 " in nobody and " 404 " in unknown
sys.exit(0 if good else 1)
PY
