#!/usr/bin/env bash
# One would expect: a notification server that is full refuses what is new, and Notify with the number of a notification
# that is shown still replaces it, as that takes no further place.
# Instead: mate-notification-daemon 1.26.0 has 21 places for all programs together, and when they are taken it refuses to
# replace as well, also for the program whose notification it is. Closing it frees the place, and then a new one is taken.
# So a chat whose notification says "1 message" goes on saying so, however many come.
# Homing makes of it: a refused replacement closes the room's own and shows it anew (src-tauri/src/notifications/linux.rs,
# and the tests against this server in tests/desktop).
set -euo pipefail
version=1.26.0-1+deb12u1
for need in Xvfb dbus-run-session python3 apt-get dpkg-deb unshare glib-compile-schemas; do
  command -v "$need" >/dev/null || { echo "needed: $need"; exit 2; }
done
/usr/bin/python3 -c 'import gi' 2>/dev/null || { echo "needed: python3-gi"; exit 2; }
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq "mate-notification-daemon=$version" "mate-notification-daemon-common=$version" 2>/dev/null ||
  { echo "this system has no mate-notification-daemon=$version"; exit 2; }
for deb in ./*.deb; do dpkg-deb -x "$deb" root; done
glib-compile-schemas --targetdir=schemas-out root/usr/share/glib-2.0/schemas 2>/dev/null ||
  { mkdir schemas-out && glib-compile-schemas --targetdir=schemas-out root/usr/share/glib-2.0/schemas; }
cat >ask.py <<'PY'
import sys
import gi
from gi.repository import Gio, GLib

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)

def call(method, args):
    return bus.call_sync(NAME, PATH, NAME, method, args, None, 0, 5000, None).unpack()

def notify(replaces, text):
    args = GLib.Variant("(susssasa{sv}i)", ("app", replaces, "", text, "", [], {}, 0))
    try:
        return call("Notify", args)[0]
    except GLib.Error as error:
        return error.message.rpartition(": ")[2]

for _ in range(100):
    try:
        info = call("GetServerInformation", None)
        break
    except GLib.Error:
        GLib.usleep(100_000)
taken = []
while isinstance(answer := notify(0, f"{len(taken) + 1}"), int) and len(taken) < 100:
    taken.append(answer)
first = taken[0]
replaced = notify(first, "in place of the first")
call("CloseNotification", GLib.Variant("(u)", (first,)))
after = notify(0, "after the first was closed")
print(f"{info[0]} {info[2]}: takes {len(taken)}, then: {answer!r}; replacing the first: {replaced!r};"
      f" after closing it: {'taken' if isinstance(after, int) else after!r}")
sys.exit(0 if len(taken) == 21 and isinstance(replaced, str) and isinstance(after, int) else 1)
PY
cat >session.sh <<'SH'
/usr/lib/mate-notification-daemon/mate-notification-daemon >server.log 2>&1 &
server=$!
/usr/bin/python3 ask.py && result=0 || result=$?
kill $server
exit $result
SH
cat >inside.sh <<'SH'
mount -t overlay overlay -o "lowerdir=$PWD/root/usr:/usr" /usr
exec dbus-run-session -- bash session.sh
SH
Xvfb -displayfd 3 -screen 0 1280x800x24 3>display >/dev/null 2>&1 &
for _ in $(seq 50); do [ -s display ] && break; sleep 0.1; done
export DISPLAY=:$(cat display) HOME=$folder XDG_RUNTIME_DIR=$folder NO_AT_BRIDGE=1 GDK_BACKEND=x11
export GSETTINGS_BACKEND=memory GSETTINGS_SCHEMA_DIR=$folder/schemas-out
unset WAYLAND_DISPLAY
# The server looks for its themes at a fixed place, so the packages are laid over /usr for it alone.
unshare --map-root-user --mount bash inside.sh || { echo "otherwise than said"; exit 1; }
echo "as said: full, it refuses to replace"
