#!/usr/bin/env bash
# tinyproxy asks for a login with 407 and refuses a wrong one with 401, and says yes in HTTP/1.0 and no in HTTP/1.1.
#
# Expected: RFC 9110: a proxy that wants other credentials answers 407 with Proxy-Authenticate. 401 with WWW-Authenticate is the
# origin's word, and for CONNECT there is no origin yet. And one program speaks one version.
# Instead: without credentials 407 and Proxy-Authenticate; with wrong ones 401 and WWW-Authenticate; with right ones
# "HTTP/1.0 200", while its errors of the network (500) are HTTP/1.1. A client that treats only 407 as "ask the person again", or
# a 401 as the server's, is wrong here.
# Seen with: tinyproxy 1.11.1-2.1+deb12u1 (Debian 12).
# Homing: crates/engine/src/net/tunnel.rs takes both for a wrong login; tests/e2e/tests/it/proxies.rs tries it with this program.
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
apt-get -o APT::Sandbox::User=root download -qq tinyproxy-bin=1.11.1-2.1+deb12u1 2>/dev/null || exit 2
for package in *.deb; do dpkg-deb -x "$package" .; done
export LD_LIBRARY_PATH="$folder/usr/lib/x86_64-linux-gnu"

cat >tinyproxy.conf <<CONF
Listen 127.0.0.1
Port 24641
Timeout 600
MaxClients 10
LogLevel Critical
BasicAuth ada lovelace
DefaultErrorFile "$folder/usr/share/tinyproxy/default.html"
CONF
usr/bin/tinyproxy -v
usr/bin/tinyproxy -d -c tinyproxy.conf >/dev/null &

python3 - <<'PY'
import base64, socket, sys, time

listener = socket.create_server(("127.0.0.1", 24642))

def asked(port, login):
    for _ in range(100):
        try:
            stream = socket.create_connection(("127.0.0.1", 24641))
            break
        except OSError:
            time.sleep(0.1)
    else:
        sys.exit(2)
    head = f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    if login:
        head += f"Proxy-Authorization: Basic {base64.b64encode(login.encode()).decode()}\r\n"
    stream.sendall(head.encode() + b"\r\n")
    stream.settimeout(10)
    lines = stream.recv(4096).decode().split("\r\n")
    asks = [line.split(":")[0] for line in lines if "authenticate" in line.lower().split(":")[0]]
    return " ".join(lines[0].split(" ")[:2]), asks

seen = {}
for what, port, login in (("no login", 24642, None), ("a wrong login", 24642, "ada:byron"),
                          ("the right login", 24642, "ada:lovelace"),
                          ("the right login, nobody listens there", 24643, "ada:lovelace")):
    seen[what] = asked(port, login)
    print(f"{what}: {seen[what][0]} {' '.join(seen[what][1])}")
expected = {
    "no login": (("407",), ["Proxy-Authenticate"]),
    "a wrong login": (("401",), ["WWW-Authenticate"]),
}
good = all(seen[what][0].endswith(code[0]) and seen[what][1] == asks for what, (code, asks) in expected.items())
good &= seen["the right login"][0] == "HTTP/1.0 200"
good &= seen["the right login, nobody listens there"][0] == "HTTP/1.1 500"
sys.exit(0 if good else 1)
PY
