#!/usr/bin/env bash
# Apache ends a silent WebSocket by the longer one of Timeout and ProxyTimeout, so a short ProxyTimeout limits nothing.
#
# Expected: mod_proxy's documentation: "ProxyTimeout: network timeout for proxied requests", and timeout= of a ProxyPass the same
# for one worker; the nearest setting counts, as it does for a plain request.
# Instead: once a connection was upgraded (ProxyPass … upgrade=websocket), it may be silent for as long as the *longer* one of
# both says. Next to Debian's `Timeout 300`, ProxyTimeout 3 and timeout=3 change nothing.
# Seen with: apache2 2.4.71-1~deb12u1 (Debian 12).
# Homing: deploy/apache.conf sets ProxyTimeout, which can only make it longer; docs/operations.md names both.
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
apt-get -o APT::Sandbox::User=root download -qq apache2-bin=2.4.71-1~deb12u1 libapr1=1.7.2-3+deb12u1 libaprutil1=1.6.3-1+deb12u1 2>/dev/null || exit 2
for package in *.deb; do dpkg-deb -x "$package" .; done
export LD_LIBRARY_PATH="$folder/usr/lib/x86_64-linux-gnu"

configured() {
  cat <<CONF
LoadModule mpm_event_module $folder/usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module $folder/usr/lib/apache2/modules/mod_authz_core.so
LoadModule proxy_module $folder/usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module $folder/usr/lib/apache2/modules/mod_proxy_http.so
User nobody
Group nogroup
ServerName localhost
ErrorLog error.log
PidFile $folder/$1.pid
DefaultRuntimeDir $folder
Mutex file:$folder
Listen 127.0.0.1:$1
Timeout $2
ProxyTimeout $3
ProxyPass / http://127.0.0.1:24699/ upgrade=websocket timeout=$3
CONF
}
usr/sbin/apache2 -v | head -n 1
configured 24691 300 3 >short-proxy.conf
configured 24692 3 300 >short-timeout.conf
configured 24693 3 3 >both-short.conf
usr/sbin/apache2 -X -d "$folder" -f "$folder/short-proxy.conf" &
usr/sbin/apache2 -X -d "$folder" -f "$folder/short-timeout.conf" &
usr/sbin/apache2 -X -d "$folder" -f "$folder/both-short.conf" &

python3 - <<'PY'
import socket, sys, threading, time

UPGRADED = (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
REQUEST = (b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
LIMIT, kept = 15, []

def serve(listener):
    while True:
        stream, _ = listener.accept()
        stream.recv(4096)
        stream.sendall(UPGRADED)
        kept.append(stream)

def silent(port):
    for _ in range(100):
        try:
            stream = socket.create_connection(("127.0.0.1", port))
            break
        except OSError:
            time.sleep(0.1)
    else:
        sys.exit(2)
    stream.sendall(REQUEST)
    if b" 101 " not in stream.recv(4096):
        sys.exit(2)
    begin = time.monotonic()
    stream.settimeout(LIMIT)
    try:
        return time.monotonic() - begin if not stream.recv(4096) else sys.exit(2)
    except TimeoutError:
        return None

listener = socket.create_server(("127.0.0.1", 24699))
threading.Thread(target=serve, args=(listener,), daemon=True).start()
words = lambda after: "open" if after is None else f"ended after {after:.1f} s"
seen = {}
for what, port in (("Timeout 300, ProxyTimeout 3", 24691), ("Timeout 3, ProxyTimeout 300", 24692),
                   ("Timeout 3, ProxyTimeout 3", 24693)):
    seen[what] = silent(port)
    print(f"{what}, timeout= likewise: {words(seen[what])}, looked at for {LIMIT} s")
one, other, both = seen.values()
sys.exit(0 if one is None and other is None and both is not None and 2 < both < 6 else 1)
PY
