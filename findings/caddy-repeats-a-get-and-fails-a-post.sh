#!/usr/bin/env bash
# Caddy sends a GET again when a kept connection turns out to be closed, and answers 502 for a POST.
#
# Expected: a reverse proxy repeats what its documentation names (lb_retries, 0 by default: nothing), so that a server which
# closes a kept connection a moment too early shows in every kind of request.
# Instead: the HTTP client below Caddy (Go's net/http) repeats by itself what it takes for idempotent when a connection that was
# used before ends without an answer. A server that keeps connections for less time than Caddy does (2 min) sees nothing
# wrong in its GETs, health checks included, while now and then a POST is a 502; nor does `Idempotency-Key`, by which Go's client
# would repeat a POST of its own, help a POST that Caddy passes on.
# Seen with: caddy 2.6.2-5 (Debian 12).
# Homing: the server keeps connections for three minutes, so that Caddy closes first; `keep_alive` in crates/server/src/config.rs.
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
apt-get -o APT::Sandbox::User=root download -qq caddy=2.6.2-5 2>/dev/null || exit 2
for package in *.deb; do dpkg-deb -x "$package" .; done
export LD_LIBRARY_PATH="$folder/usr/lib/x86_64-linux-gnu"

cat >Caddyfile <<CONF
{
	admin off
	auto_https off
}
http://127.0.0.1:24661 {
	bind 127.0.0.1
	reverse_proxy 127.0.0.1:24662
}
CONF
export HOME="$folder"
usr/bin/caddy version
usr/bin/caddy run --config Caddyfile --adapter caddyfile >log 2>&1 &

python3 - <<'PY'
import socket, sys, threading, time

listener = socket.create_server(("127.0.0.1", 24662))

def serve():
    """Answers the first request of a connection, and closes when a second one comes."""
    while True:
        stream, _ = listener.accept()
        threading.Thread(target=answer, args=(stream,), daemon=True).start()

def answer(stream):
    stream.recv(4096)
    stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    stream.recv(4096)
    stream.close()

def asked(method, header=""):
    stream = socket.create_connection(("127.0.0.1", 24661))
    stream.settimeout(10)
    body = "hi" if method == "POST" else ""
    stream.sendall((f"{method} / HTTP/1.1\r\nHost: 127.0.0.1:24661\r\nConnection: close\r\n{header}"
                    f"Content-Length: {len(body)}\r\n\r\n{body}").encode())
    return int(stream.recv(4096).split(b" ")[1])

threading.Thread(target=serve, daemon=True).start()
for _ in range(100):
    try:
        socket.create_connection(("127.0.0.1", 24661)).close()
        break
    except OSError:
        time.sleep(0.1)
else:
    sys.exit(2)

def second(method, header=""):
    asked("GET")  # so that a kept connection is there
    time.sleep(0.3)
    return asked(method, header)

seen = {}
for what, method, header in (("GET", "GET", ""), ("POST", "POST", ""),
                             ("POST with Idempotency-Key", "POST", "Idempotency-Key: 1\r\n")):
    seen[what] = second(method, header)
    print(f"{what} over a connection that the server closes: {seen[what]}")
sys.exit(0 if list(seen.values()) == [200, 502, 502] else 1)
PY
