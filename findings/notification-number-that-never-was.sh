#!/usr/bin/env bash
# One would expect: a number that no notification ever had can't be replaced, so Notify hands out a new
# one ("if replaces_id is 0, the return value is a unique id; otherwise the id given" leaves it open, and
# a server that never saw the number has nothing to replace).
# Instead: dunst 1.9.0 and xfce4-notifyd 0.7.3 show a new notification under the very number that was
# made up, here 4242. As all servers count anew after a restart, a program that goes on with a number it
# was given before replaces another program's notification, and nobody tells it.
# Homing makes of it: it forgets every number when the name on the bus changes hands, and takes the number
# that is answered (src-tauri/src/notifications/linux.rs, `Memory`).
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
one = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)

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
fresh = notify(one, 0, "new")
made_up = notify(one, 4242, "replaces what never was")
print(info[0], info[2], "- a new one:", fresh, "- in place of 4242, which never was:", made_up)
sys.exit(0 if made_up == 4242 else 1)
PY
cat >session.sh <<'SH'
"$@" >server.log 2>&1 &
server=$!
/usr/bin/python3 ask.py && result=0 || result=$?
kill $server
exit $result
SH
Xvfb -displayfd 3 -screen 0 800x600x24 3>display >/dev/null 2>&1 &
for _ in $(seq 50); do [ -s display ] && break; sleep 0.1; done
export DISPLAY=:$(cat display) HOME=$folder XDG_RUNTIME_DIR=$folder NO_AT_BRIDGE=1 GDK_BACKEND=x11
unset WAYLAND_DISPLAY
dbus-run-session --config-file=bus.conf -- bash session.sh root/usr/bin/dunst -config /dev/null || { echo "dunst: otherwise than said"; exit 1; }
dbus-run-session --config-file=bus.conf -- bash session.sh root/usr/lib/*/xfce4/notifyd/xfce4-notifyd || { echo "xfce4-notifyd: otherwise than said"; exit 1; }
echo "as said: both took a number that never was"
