#!/usr/bin/env bash
# HAProxy and lighttpd announce WebSocket over HTTP/2 (RFC 8441) to everybody, whether the server behind them knows it or not.
#
# Expected: ENABLE_CONNECT_PROTOCOL is announced where somebody configured it. RFC 8441 asks for it from a server that "supports"
# the extended CONNECT, and nginx and Caddy announce nothing.
# Instead: both send the setting as 1 with a configuration that says no word of it, and translate such a CONNECT into an
# HTTP/1.1 upgrade. A browser then opens its WebSocket as a stream of the HTTP/2 connection on which it fetched the page:
# what a server behind them sees is an ordinary upgrade, but the limits that hold are those for streams of HTTP/2.
# Seen with: haproxy 2.6.12-1+deb12u4, lighttpd 1.4.69-1, beside nginx 1.22.1-9+deb12u11 (Debian 12).
# Homing: its own client offers ALPN http/1.1 only, so it meets none of this.
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
apt-get -o APT::Sandbox::User=root download -qq haproxy=2.6.12-1+deb12u4 lighttpd=1.4.69-1 nginx=1.22.1-9+deb12u11 liblua5.3-0=5.3.6-2 libopentracing-c-wrapper0=1.1.3-3+b1 libopentracing1=1.6.0-4 libnettle8=3.8.1-2 libxxhash0=0.8.1-1 2>/dev/null || exit 2
for package in *.deb; do dpkg-deb -x "$package" .; done
export LD_LIBRARY_PATH="$folder/usr/lib/x86_64-linux-gnu"

cat >haproxy.cfg <<CONF
defaults
    mode http
    timeout client 10s
    timeout server 10s
    timeout connect 1s
frontend f
    bind 127.0.0.1:24621 proto h2
    default_backend b
backend b
    server s 127.0.0.1:24629
CONF
cat >lighttpd.conf <<CONF
server.document-root = "$folder"
server.bind = "127.0.0.1"
server.port = 24622
server.modules = ( "mod_proxy" )
proxy.server = ( "" => ( ( "host" => "127.0.0.1", "port" => 24629 ) ) )
CONF
cat >nginx.conf <<CONF
daemon off; master_process off; pid nginx.pid; error_log stderr crit;
events {}
http {
  access_log off; client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c; uwsgi_temp_path d; scgi_temp_path e;
  server { listen 127.0.0.1:24623 http2; location / { proxy_pass http://127.0.0.1:24629; } }
}
CONF
usr/sbin/haproxy -v | head -n 1
usr/sbin/lighttpd -v
usr/sbin/nginx -v
usr/sbin/haproxy -db -f haproxy.cfg 2>/dev/null &
usr/sbin/lighttpd -D -m "$folder/usr/lib/lighttpd" -f lighttpd.conf 2>/dev/null &
usr/sbin/nginx -p "$folder" -e stderr -c "$folder/nginx.conf" &

python3 - <<'PY'
import socket, struct, sys, time

def settings(port):
    """What is announced in the first SETTINGS frame, to who speaks HTTP/2 from the first byte."""
    for _ in range(100):
        try:
            stream = socket.create_connection(("127.0.0.1", port))
            break
        except OSError:
            time.sleep(0.1)
    else:
        sys.exit(2)
    stream.settimeout(5)
    stream.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0")
    read = b""
    while True:
        read += stream.recv(4096) or sys.exit(2)
        if len(read) < 9:
            continue
        length, kind = int.from_bytes(read[:3], "big"), read[3]
        if len(read) < 9 + length:
            continue
        if kind == 4 and not read[4] & 1:
            return dict(struct.unpack(">HI", read[9 + at:15 + at]) for at in range(0, length, 6))
        read = read[9 + length:]

seen = {}
for name, port in (("HAProxy", 24621), ("lighttpd", 24622), ("nginx", 24623)):
    found = settings(port)
    seen[name] = found.get(8)
    print(f"{name}: ENABLE_CONNECT_PROTOCOL (8) is {seen[name]}, of the settings {sorted(found)}")
sys.exit(0 if seen == {"HAProxy": 1, "lighttpd": 1, "nginx": None} else 1)
PY
