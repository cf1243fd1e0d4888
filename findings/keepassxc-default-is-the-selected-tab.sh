#!/usr/bin/env bash
# The Secret Service has an alias "default" for the collection in which programs keep what they have no better place for.
# One would expect it to name the same collection until somebody chooses another one.
# In KeePassXC 2.7.4 it names the database whose tab is selected at that moment: looking at another tab (here by Ctrl+Tab)
# changes it, without a signal. A program that searches and writes by the alias loses its secrets by a look at another
# database, and writes a second copy there.
# Homing makes of it: it looks in all collections, and has the person asked for a lock in the way, before it takes a key
# for gone (crates/secrets/tests/it/keepassxc.rs).
# Needs Debian 12 (amd64), Xvfb, dbus-daemon, xdotool and python3 with venv.
set -euo pipefail
for tool in apt-get dpkg-deb Xvfb dbus-daemon xdotool python3; do
  command -v "$tool" >/dev/null || { echo "$tool is missing"; exit 2; }
done
here=$(mktemp -d)
pids=()
end() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$here"
}
trap end EXIT
cd "$here"
apt-get download -qq keepassxc=2.7.4+dfsg.1-2 libbotan-2-19=2.19.3+dfsg-1+deb12u1 libtspi1=0.3.15-0.3 \
  libqrencode4=4.1.1-1 libzxcvbn0=2.5+dfsg-1 libqt5{core5a,gui5,widgets5,dbus5,network5,concurrent5}=5.15.8+dfsg-11+deb12u3 \
  libqt5svg5=5.15.8-3 libqt5x11extras5=5.15.8-2 libusb-1.0-0=2:1.0.26-1 libmd4c0=0.4.8-1 libmtdev1=1.1.6-1 \
  libinput10=1.22.1-1+deb12u1 libwacom9=2.6.0-1 libxcb-icccm4=0.4.1-1.1 libxcb-keysyms1=0.4.0-1+b2 \
  libxcb-xinerama0=1.15-1 libxcb-xinput0=1.15-1 >/dev/null 2>&1 || { echo "a package is not to be had"; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" root; done
python3 -m venv venv
venv/bin/pip -q install --disable-pip-version-check secretstorage==3.3.3 jeepney==0.9.0 || exit 2

export PATH=$here/root/usr/bin:$PATH LD_LIBRARY_PATH=$here/root/usr/lib/x86_64-linux-gnu
export QT_PLUGIN_PATH=$LD_LIBRARY_PATH/qt5/plugins TMPDIR=$here
export HOME=$here/home XDG_RUNTIME_DIR=$here/run
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME WAYLAND_DISPLAY
mkdir -p "$HOME"; mkdir -m 700 "$XDG_RUNTIME_DIR"
keepassxc-cli --version >version || { echo "KeePassXC does not start"; exit 2; }
echo "KeePassXC $(cat version)"

# Two databases whose root group is exposed to other programs, as their settings do it.
for name in one two; do
  cat >$name.xml <<X
<?xml version="1.0" encoding="utf-8"?>
<KeePassFile><Meta><DatabaseName>$name</DatabaseName><CustomData><Item><Key>FDO_SECRETS_EXPOSED_GROUP</Key>
<Value>{30313233-3435-3637-3839-414243444546}</Value></Item></CustomData></Meta>
<Root><Group><UUID>MDEyMzQ1Njc4OUFCQ0RFRg==</UUID><Name>$name</Name></Group></Root></KeePassFile>
X
  printf 'pw\npw\n' | keepassxc-cli import -q -p $name.xml $name.kdbx >/dev/null 2>&1
done
printf '[General]\nConfigVersion=2\nUpdateCheckMessageShown=true\n[FdoSecrets]\nEnabled=true\n' >keepassxc.ini
cat >bus.conf <<X
<busconfig><type>session</type><listen>unix:path=$here/bus</listen><auth>EXTERNAL</auth><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
X
Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp 3>display >/dev/null 2>&1 & pids+=($!)
dbus-daemon --nofork --nopidfile --config-file=bus.conf >/dev/null 2>&1 & pids+=($!)
until [ -s display ] && [ -S bus ]; do sleep 0.1; done
export DISPLAY=:$(cat display) DBUS_SESSION_BUS_ADDRESS=unix:path=$here/bus
keepassxc --config keepassxc.ini --localconfig local.ini --pw-stdin one.kdbx two.kdbx <<<$'pw\npw' >keepassxc.log 2>&1 & pids+=($!)

cat >client.py <<'P'
import subprocess, time
import secretstorage

def until(what, question):
    for _ in range(300):
        answer = question()
        if answer: return answer
        time.sleep(0.1)
    raise SystemExit(f"no {what}")

def default():
    connection = secretstorage.dbus_init()
    return secretstorage.get_default_collection(connection).get_label()

def both():
    connection = secretstorage.dbus_init()
    unlocked = [c for c in secretstorage.get_all_collections(connection) if not c.is_locked()]
    return len(unlocked) == 2

def window():
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "KeePassXC$"], capture_output=True)
    return found.stdout.split()

until("service", lambda: secretstorage.check_service_availability(secretstorage.dbus_init()))
until("two databases", both)
where = until("window", window)[0]
named = [default()]
for _ in range(2):
    subprocess.run(["xdotool", "windowfocus", "--sync", where])
    subprocess.run(["xdotool", "key", "ctrl+Tab"])
    time.sleep(1)
    named.append(default())
print("default at first, after Ctrl+Tab, and after another:", named)
raise SystemExit(0 if named[0] != named[1] and named[0] == named[2] else 1)
P
timeout 120 venv/bin/python client.py
