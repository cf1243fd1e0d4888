#!/usr/bin/env bash
# lighttpd counts only what the client says: a WebSocket on which the server speaks is cut off as idle.
#
# Expected: the idle limit of a reverse proxy is about silence, so a server that sends something more often than the limit
# keeps the connection. nginx, Apache, HAProxy and Varnish do it so.
# Instead: lighttpd ends an upgraded connection when the *client* has said nothing for server.max-read-idle seconds (60 by
# default), however much the server sends. Once the client says something, the count begins anew.
# Seen with: lighttpd 1.4.69-1 (Debian 12), server.max-read-idle = 5, a server that sends every second.
# Homing: its heartbeat is a question that the client answers, every 25 s; a one-sided one would not do. deploy/lighttpd.conf
# says so, and tests/proxies keeps quiet behind it.
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
apt-get -o APT::Sandbox::User=root download -qq lighttpd=1.4.69-1 libnettle8=3.8.1-2 libxxhash0=0.8.1-1 2>/dev/null || exit 2
for package in *.deb; do dpkg-deb -x "$package" .; done
export LD_LIBRARY_PATH="$folder/usr/lib/x86_64-linux-gnu"

cat >lighttpd.conf <<CONF
server.document-root = "$folder"
server.bind = "127.0.0.1"
server.port = 24601
server.modules = ( "mod_proxy" )
server.max-read-idle = 5
proxy.header = ( "upgrade" => "enable" )
proxy.server = ( "" => ( ( "host" => "127.0.0.1", "port" => 24602 ) ) )
CONF
usr/sbin/lighttpd -v
usr/sbin/lighttpd -D -m "$folder/usr/lib/lighttpd" -f lighttpd.conf 2>/dev/null &

python3 - <<'PY'
import socket, sys, threading, time

UPGRADED = (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
REQUEST = (b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
TEXT = b"\x81\x02hi"
MASKED = b"\x81\x82\x00\x00\x00\x00hi"
LIMIT = 20

def serve(listener):
    while True:
        stream, _ = listener.accept()
        threading.Thread(target=answer, args=(stream,), daemon=True).start()

def answer(stream):
    speaks = b"GET / " in stream.recv(4096)
    stream.sendall(UPGRADED)
    try:
        while speaks:
            time.sleep(1)
            stream.sendall(TEXT)
    except OSError:
        pass

def held(client_speaks):
    stream = socket.create_connection(("127.0.0.1", 24601))
    stream.sendall(REQUEST)
    stream.settimeout(1)
    begin, got = time.monotonic(), 0
    while time.monotonic() - begin < LIMIT:
        try:
            part = stream.recv(4096)
            if not part:
                return time.monotonic() - begin, got
            got += part.count(TEXT)
            if client_speaks:
                stream.sendall(MASKED)
        except TimeoutError:
            pass
    return None, got

listener = socket.create_server(("127.0.0.1", 24602))
threading.Thread(target=serve, args=(listener,), daemon=True).start()
for _ in range(100):
    try:
        socket.create_connection(("127.0.0.1", 24601)).close()
        break
    except OSError:
        time.sleep(0.1)
else:
    sys.exit(2)
listening, got = held(False)
print(f"the server sends every second, the client only listens: "
      f"{'open' if listening is None else f'ended after {listening:.1f} s'}, {got} messages came")
both, got = held(True)
print(f"the client answers each: {'open' if both is None else f'ended after {both:.1f} s'} "
      f"after {LIMIT} s, {got} messages came")
sys.exit(0 if listening is not None and 4 < listening < 9 and both is None else 1)
PY
