#!/usr/bin/env bash
# HAProxy's `option forwardfor` leaves the client's X-Forwarded-For in place and adds a line of its own below.
#
# Expected: after `option forwardfor` the header holds what HAProxy saw. nginx with $proxy_add_x_forwarded_for, Apache, lighttpd
# and Varnish extend the client's line, Caddy replaces it.
# Instead: there are two lines. A program that takes "the header" gets the first, which is the client's claim: Python's
# email-like headers, Node's joined string read from the left, Go's Header.Get. Only the last line is HAProxy's.
# Seen with: haproxy 2.6.12-1+deb12u4 beside nginx 1.22.1-9+deb12u11 (Debian 12), read by Python's http.server.
# Homing: all lines are read as one list, from its right end; crates/server/src/forwarded.rs, tests/proxies.
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
apt-get -o APT::Sandbox::User=root download -qq haproxy=2.6.12-1+deb12u4 nginx=1.22.1-9+deb12u11 liblua5.3-0=5.3.6-2 libopentracing-c-wrapper0=1.1.3-3+b1 libopentracing1=1.6.0-4 2>/dev/null || exit 2
for package in *.deb; do dpkg-deb -x "$package" .; done
export LD_LIBRARY_PATH="$folder/usr/lib/x86_64-linux-gnu"

cat >haproxy.cfg <<CONF
defaults
    mode http
    timeout client 10s
    timeout server 10s
    timeout connect 1s
frontend f
    bind 127.0.0.1:24671
    option forwardfor
    default_backend b
backend b
    server s 127.0.0.1:24673
CONF
cat >nginx.conf <<CONF
daemon off; master_process off; pid nginx.pid; error_log stderr crit;
events {}
http {
  access_log off; client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c; uwsgi_temp_path d; scgi_temp_path e;
  server { listen 127.0.0.1:24672; location / {
    proxy_pass http://127.0.0.1:24673; proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for; } }
}
CONF
usr/sbin/haproxy -v | head -n 1
usr/sbin/nginx -v
usr/sbin/haproxy -db -f haproxy.cfg 2>/dev/null &
usr/sbin/nginx -p "$folder" -e stderr -c "$folder/nginx.conf" &

python3 - <<'PY'
import http.server, json, sys, threading, time, urllib.request

class Tell(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        all_of_them = self.headers.get_all("X-Forwarded-For")
        said = json.dumps([self.headers["X-Forwarded-For"], all_of_them]).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 24673), Tell)
threading.Thread(target=server.serve_forever, daemon=True).start()

def asked(port):
    claim = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"X-Forwarded-For": "203.0.113.1"})
    for _ in range(100):
        try:
            return json.load(urllib.request.urlopen(claim))
        except OSError:
            time.sleep(0.1)
    sys.exit(2)

seen = {}
for name, port in (("HAProxy", 24671), ("nginx", 24672)):
    first, lines = seen[name] = asked(port)
    print(f"{name}: lines {lines}; the header, as Python gives it: {first!r}")
expected = {"HAProxy": ["203.0.113.1", ["203.0.113.1", "127.0.0.1"]],
            "nginx": ["203.0.113.1, 127.0.0.1", ["203.0.113.1, 127.0.0.1"]]}
sys.exit(0 if seen == expected else 1)
PY
