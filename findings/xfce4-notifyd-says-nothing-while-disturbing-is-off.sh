#!/usr/bin/env bash
# The specification has NotificationClosed for every notification that is gone, and CloseNotification is answered by it
# with reason 3. One would expect the same of a notification that "do not disturb" keeps from being shown: dunst, paused,
# sends it.
# Instead: xfce4-notifyd 0.7.3 answers Notify with an ordinary number while it is quiet, shows nothing then or later, and
# never sends NotificationClosed for it, not even when CloseNotification is called. Who waits for the signal to forget a
# notification never forgets this one.
# Homing makes of it: it forgets what it has closed itself without waiting for the signal (src-tauri/src/notifications/linux.rs).
set -euo pipefail
dunst=1.9.0-0.1
xfce=0.7.3-1
for need in Xvfb dbus-run-session python3 apt-get dpkg-deb xfconf-query; do
  command -v "$need" >/dev/null || { echo "needed: $need"; exit 2; }
done
/usr/bin/python3 -c 'import gi' 2>/dev/null || { echo "needed: python3-gi"; exit 2; }
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
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
import subprocess
import sys
import gi
from gi.repository import Gio, GLib

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
closed = []
bus.signal_subscribe(None, NAME, "NotificationClosed", PATH, None, 0, lambda *a: closed.append(tuple(a[5].unpack())))

def call(method, args):
    return bus.call_sync(NAME, PATH, NAME, method, args, None, 0, 5000, None).unpack()

def wait(ms):
    loop = GLib.MainLoop()
    GLib.timeout_add(ms, loop.quit)
    loop.run()

def shown_and_closed(text):
    args = GLib.Variant("(susssasa{sv}i)", ("app", 0, "", text, "", [], {}, 0))
    number = call("Notify", args)[0]
    wait(1000)
    call("CloseNotification", GLib.Variant("(u)", (number,)))
    wait(2000)
    return [reason for one, reason in closed if one == number]

for _ in range(100):
    try:
        info = call("GetServerInformation", None)
        break
    except GLib.Error:
        GLib.usleep(100_000)
before = shown_and_closed("before")
subprocess.run(sys.argv[2:], check=True)
wait(1000)
quiet = shown_and_closed("while it is quiet")
print(f"{info[0]} {info[2]}: reasons told after CloseNotification: {before}; while quiet: {quiet}")
sys.exit(0 if before == [3] and quiet == eval(sys.argv[1]) else 1)
PY
cat >session.sh <<'SH'
quiet=$1
shift
"$@" >server.log 2>&1 &
server=$!
case $1 in
  *dunst) off=(busctl --user --address="$DBUS_SESSION_BUS_ADDRESS" set-property org.freedesktop.Notifications /org/freedesktop/Notifications org.dunstproject.cmd0 paused b true) ;;
  *) off=(xfconf-query -c xfce4-notifyd -p /do-not-disturb -n -t bool -s true) ;;
esac
/usr/bin/python3 ask.py "$quiet" "${off[@]}" && result=0 || result=$?
kill $server
exit $result
SH
Xvfb -displayfd 3 -screen 0 800x600x24 3>display >/dev/null 2>&1 &
for _ in $(seq 50); do [ -s display ] && break; sleep 0.1; done
export DISPLAY=:$(cat display) HOME=$folder XDG_RUNTIME_DIR=$folder NO_AT_BRIDGE=1 GDK_BACKEND=x11
unset WAYLAND_DISPLAY
dbus-run-session --config-file=bus.conf -- bash session.sh '[3]' root/usr/bin/dunst -config /dev/null || { echo "dunst: otherwise than said"; exit 1; }
dbus-run-session --config-file=bus.conf -- bash session.sh '[]' root/usr/lib/*/xfce4/notifyd/xfce4-notifyd || { echo "xfce4-notifyd: otherwise than said"; exit 1; }
echo "as said: the quiet one says nothing"
