#!/usr/bin/env bash
# Varnish answers a WebSocket with nothing at all, not even HTTP, while the server behind it is down.
#
# Expected: a reverse proxy that does not reach its server answers 502 or 503, for a WebSocket as for any other request: no byte
# of an answer has been sent yet.
# Instead: `return (pipe)`, which the Varnish documentation names for WebSockets, ends the connection without a byte. The same
# backend through `return (pass)` gives 503. Whoever tells "nobody is there" from "no such server" by the answer can't.
# Seen with: varnish 7.1.1-2+deb12u1 (Debian 12).
# Homing: a connection that ends before the answer is a lost one, for the link and for both doctors; tests/proxies restarts
# a server behind it.
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
apt-get -o APT::Sandbox::User=root download -qq varnish=7.1.1-2+deb12u1 libvarnishapi3=7.1.1-2+deb12u1 libjemalloc2=5.3.0-1 2>/dev/null || exit 2
for package in *.deb; do dpkg-deb -x "$package" .; done
export LD_LIBRARY_PATH="$folder/usr/lib/x86_64-linux-gnu"
# It compiles its configuration.
command -v gcc >/dev/null || { echo "gcc is needed" >&2; exit 2; }
export LD_LIBRARY_PATH="$LD_LIBRARY_PATH:$folder/usr/lib/x86_64-linux-gnu/varnish"

cat >default.vcl <<CONF
vcl 4.1;
backend b { .host = "127.0.0.1"; .port = "24639"; }
sub vcl_recv {
    if (req.http.Upgrade ~ "(?i)websocket") { return (pipe); }
    return (pass);
}
sub vcl_pipe {
    set bereq.http.Upgrade = req.http.Upgrade;
    set bereq.http.Connection = req.http.Connection;
}
CONF
usr/sbin/varnishd -V 2>&1 | head -n 1
usr/sbin/varnishd -F -j none -n "$folder/work" -f "$folder/default.vcl" -a 127.0.0.1:24631 -s malloc,8m -T none \
  -p vmod_path="$folder/usr/lib/x86_64-linux-gnu/varnish/vmods" >log 2>&1 &

python3 - <<'PY'
import socket, sys, time

def answer(head):
    for _ in range(200):
        try:
            stream = socket.create_connection(("127.0.0.1", 24631))
            break
        except OSError:
            time.sleep(0.1)
    else:
        sys.exit(2)
    stream.settimeout(20)
    stream.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: " + head + b"\r\n\r\n")
    read = b""
    while part := stream.recv(4096):
        read += part
    return read.split(b"\r\n")[0].decode()

passed = answer(b"close")
print(f"a plain request: {passed!r}")
piped = answer(b"Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
               b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
print(f"a WebSocket: {piped!r}")
sys.exit(0 if passed.startswith("HTTP/1.1 503") and piped == "" else 1)
PY
