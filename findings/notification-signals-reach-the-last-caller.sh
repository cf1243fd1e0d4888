#!/usr/bin/env bash
# One would expect: the notification server tells the program whose notification was closed, or all
# programs, as the specification has it ("a signal"), whoever asked the server last about it.
# Instead: dunst 1.9.0 keeps one bus name a notification, that of who called Notify for it last, and
# sends its signals to that one alone. When another connection replaces a notification by its id, the
# one that made it never hears of its end. xfce4-notifyd 0.7.3 tells everybody.
# Homing makes of it: one connection shows, replaces and listens (src-tauri/src/notifications/linux.rs).
set -euo pipefail
dunst=1.9.0-0.1
xfce=0.7.3-1
for need in Xvfb dbus-run-session python3 apt-get dpkg-deb; do
  command -v "$need" >/dev/null || { echo "needed: $need"; exit 2; }
done
/usr/bin/python3 -c 'import gi' 2>/dev/null || { echo "needed: python3-gi"; exit 2; }
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get download -qq "dunst=$dunst" "xfce4-notifyd=$xfce" 2>/dev/null || { echo "this system has no dunst=$dunst, xfce4-notifyd=$xfce"; exit 2; }
for deb in ./*.deb; do dpkg-deb -x "$deb" root; done
# A bus that starts nothing by itself but the settings of Xfce.
mkdir services
cp /usr/share/dbus-1/services/org.xfce.Xfconf.service services 2>/dev/null || { echo "needed: xfconf"; exit 2; }
cat >bus.conf <<CONF
<busconfig><type>session</type><listen>unix:tmpdir=$folder</listen><auth>EXTERNAL</auth>
<servicedir>$folder/services</servicedir><policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
CONF
cat >ask.py <<'PY'
import sys
import gi
from gi.repository import Gio, GLib

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
address = Gio.dbus_address_get_for_bus_sync(Gio.BusType.SESSION, None)
flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
one, two = (Gio.DBusConnection.new_for_address_sync(address, flags, None, None) for _ in "ab")
heard = {"one": 0, "two": 0}
for name, bus in (("one", one), ("two", two)):
    def closed(*_, name=name):
        heard[name] += 1
    bus.signal_subscribe(None, NAME, "NotificationClosed", PATH, None, 0, closed)

def call(bus, method, args):
    return bus.call_sync(NAME, PATH, NAME, method, args, None, 0, 5000, None).unpack()

def notify(bus, replaces, text):
    args = GLib.Variant("(susssasa{sv}i)", ("app", replaces, "", text, "", [], {}, 0))
    return call(bus, "Notify", args)[0]

for _ in range(100):
    try:
        call(one, "GetServerInformation", None)
        break
    except GLib.Error:
        GLib.usleep(100_000)
info = call(one, "GetServerInformation", None)
number = notify(one, 0, "made by one")
assert notify(two, number, "replaced by two") == number
call(two, "CloseNotification", GLib.Variant("(u)", (number,)))
loop = GLib.MainLoop()
GLib.timeout_add(1500, loop.quit)
loop.run()
print(info[0], info[2], "- one shows, two replaces and closes: told were", heard)
sys.exit(0 if (heard["one"] > 0, heard["two"] > 0) == (sys.argv[1] == "all", True) else 1)
PY
cat >session.sh <<'SH'
"$@" >server.log 2>&1 &
server=$!
/usr/bin/python3 ask.py "$told" && result=0 || result=$?
kill $server
exit $result
SH
Xvfb -displayfd 3 -screen 0 800x600x24 3>display >/dev/null 2>&1 &
for _ in $(seq 50); do [ -s display ] && break; sleep 0.1; done
export DISPLAY=:$(cat display) HOME=$folder XDG_RUNTIME_DIR=$folder NO_AT_BRIDGE=1 GDK_BACKEND=x11
unset WAYLAND_DISPLAY
dbus-run-session --config-file=bus.conf -- env told=last bash session.sh root/usr/bin/dunst -config /dev/null || { echo "dunst: otherwise than said"; exit 1; }
dbus-run-session --config-file=bus.conf -- env told=all bash session.sh root/usr/lib/*/xfce4/notifyd/xfce4-notifyd || { echo "xfce4-notifyd: otherwise than said"; exit 1; }
echo "as said: dunst told the last caller alone"
