#!/usr/bin/env bash
# Apache's `retry=60` does not hold for a plain ProxyPass: the first request after a failure goes to the server again.
#
# Expected: mod_proxy's documentation: "retry, default 60: Connection pool worker retry timeout in seconds. If the connection pool
# worker to the backend server is in the error state, Apache httpd will not forward any requests to that server until the
# timeout expires." So a server that was restarted is away for a minute, and examples everywhere say retry=0.
# Instead: with `ProxyPass / http://…` and nothing more, a request while the server is down gives 503, and one right after it is
# up again is answered, at once and without retry=0.
# Seen with: apache2 2.4.71-1~deb12u1 (Debian 12).
# Homing: deploy/apache.conf sets no retry; tests/proxies restarts a server behind it.
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

cat >httpd.conf <<CONF
LoadModule mpm_event_module $folder/usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module $folder/usr/lib/apache2/modules/mod_authz_core.so
LoadModule proxy_module $folder/usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module $folder/usr/lib/apache2/modules/mod_proxy_http.so
User nobody
Group nogroup
ServerName localhost
ErrorLog error.log
PidFile $folder/httpd.pid
DefaultRuntimeDir $folder
Listen 127.0.0.1:24681
ProxyPass / http://127.0.0.1:24682/
CONF
usr/sbin/apache2 -v | head -n 1
usr/sbin/apache2 -X -d "$folder" -f "$folder/httpd.conf" &

python3 - <<'PY'
import http.server, sys, threading, time, urllib.error, urllib.request

class Yes(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass

def asked():
    for _ in range(100):
        try:
            return urllib.request.urlopen("http://127.0.0.1:24681/").status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            time.sleep(0.1)
    sys.exit(2)

down = [asked() for _ in range(3)]
server = http.server.ThreadingHTTPServer(("127.0.0.1", 24682), Yes)
begin = time.monotonic()
threading.Thread(target=server.serve_forever, daemon=True).start()
up = asked()
after = time.monotonic() - begin
print(f"down: {down}; up again, {after:.2f} s later: {up}")
sys.exit(0 if down == [503] * 3 and up == 200 and after < 5 else 1)
PY
