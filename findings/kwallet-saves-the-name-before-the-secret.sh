#!/usr/bin/env bash
# A program writes a secret to KWallet 5.103 over the Secret Service, is answered that it is there, and reads it back.
# Then the session ends (SIGTERM). One would expect the secret, or no item. What is there with the next start is an item
# that is found by its attributes and whose secret is empty: the attributes are on disk at once, the secret some five
# seconds later. Without an error, a program that does not look takes the empty text for its password.
# Homing takes an empty secret for none: crates/secrets/tests/it/kwallet.rs.
# Needs Debian 12 (amd64), Xvfb, dbus-daemon, dbus-send and python3 with venv.
set -euo pipefail
for tool in apt-get dpkg-deb Xvfb dbus-daemon dbus-send python3; do
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
apt-get download -qq \
  libkf5wallet-bin=5.103.0-1 libkwalletbackend5-5=5.103.0-1 libkf5wallet5=5.103.0-1 libqca-qt5-2=2.3.5-2 \
  libgpgmepp6=1.18.0-3+deb12u1 libgpgme11=1.18.0-3+deb12u1 libkf5authcore5=5.103.0-1 libpolkit-qt5-1-1=0.114.0-2 \
  libkf5codecs5=5.103.0-1 libkf5config{core,gui}5=5.103.0-2 libkf5configwidgets5=5.103.0-1 \
  libkf5{coreaddons,guiaddons,i18n,widgetsaddons,dbusaddons,notifications,windowsystem,service}5=5.103.0-1 \
  libqt5waylandclient5=5.15.8-2 libqt5qml5=5.15.8+dfsg-3 libqt5texttospeech5=5.15.8-2 libqt5x11extras5=5.15.8-2 \
  libqt5{core5a,gui5,widgets5,dbus5,network5,xml5}=5.15.8+dfsg-11+deb12u3 \
  libdbusmenu-qt5-2=0.9.3+16.04.20160218-2+b1 libcanberra0=0.30-10 libtdb1=1.4.8-2 libvorbisfile3=1.3.7-1 \
  libmd4c0=0.4.8-1 libmtdev1=1.1.6-1 libinput10=1.22.1-1+deb12u1 libwacom9=2.6.0-1 libxcb-icccm4=0.4.1-1.1 \
  libxcb-keysyms1=0.4.0-1+b2 libxcb-xinerama0=1.15-1 libxcb-xinput0=1.15-1 libxcb-res0=1.15-1 >/dev/null 2>&1 ||
  { echo "a package is not to be had"; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" root; done
python3 -m venv venv
venv/bin/pip -q install --disable-pip-version-check jeepney==0.9.0 || exit 2

libraries=$here/root/usr/lib/x86_64-linux-gnu
export HOME=$here/home XDG_RUNTIME_DIR=$here/run
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME WAYLAND_DISPLAY
mkdir -p "$HOME"; mkdir -m 700 "$XDG_RUNTIME_DIR"
cat >bus.conf <<X
<busconfig><type>session</type><listen>unix:path=$here/bus</listen><auth>EXTERNAL</auth><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
X
Xvfb -displayfd 3 -screen 0 640x480x24 -nolisten tcp 3>display >/dev/null 2>&1 & pids+=($!)
dbus-daemon --nofork --nopidfile --config-file=bus.conf >/dev/null 2>&1 & pids+=($!)
until [ -s display ] && [ -S bus ]; do sleep 0.1; done
export DISPLAY=:$(cat display) DBUS_SESSION_BUS_ADDRESS=unix:path=$here/bus

wallet=
# Starts KWallet and opens its wallet as signing in does, which passes a hash of the password.
start() {
  LD_LIBRARY_PATH=$libraries QT_PLUGIN_PATH=$libraries/qt5/plugins root/usr/bin/kwalletd5 >>kwallet.log 2>&1 &
  wallet=$!; pids+=("$wallet")
  for _ in $(seq 200); do
    dbus-send --session --print-reply --dest=org.kde.kwalletd5 /modules/kwalletd5 org.kde.KWallet.pamOpen \
      string:kdewallet array:byte:"$(printf '107,%.0s' $(seq 55))107" int32:0 >/dev/null 2>&1 && return
    sleep 0.1
  done
  echo "KWallet does not start"; exit 2
}
stop() { kill -TERM "$wallet"; wait "$wallet" 2>/dev/null || true; }

cat >client.py <<'P'
import sys
from jeepney import DBusAddress, MatchRule, Properties, message_bus, new_method_call
from jeepney.io.blocking import Proxy, open_dbus_connection

bus = open_dbus_connection()
def at(path, interface):
    return DBusAddress(path, bus_name="org.freedesktop.secrets", interface="org.freedesktop.Secret." + interface)
def call(path, interface, name, signature=None, body=()):
    answer = bus.send_and_get_reply(new_method_call(at(path, interface), name, signature, body))
    assert answer.header.message_type.name == "method_return", answer.body
    return answer.body
ROOT = "/org/freedesktop/secrets"
_, session = call(ROOT, "Service", "OpenSession", "sv", ("plain", ("s", "")))
(collection,) = call(ROOT, "Service", "ReadAlias", "s", ("default",))
locked, prompt = call(ROOT, "Service", "Unlock", "ao", ([collection],))
if prompt != "/":
    rule = MatchRule(type="signal", interface="org.freedesktop.Secret.Prompt", member="Completed", path=prompt)
    Proxy(message_bus, bus).AddMatch(rule)
    with bus.filter(rule) as answers:
        call(prompt, "Prompt", "Prompt", "s", ("",))
        bus.recv_until_filtered(answers, timeout=20)
if sys.argv[1] == "write":
    properties = {"org.freedesktop.Secret.Item.Label": ("s", "a finding"),
                  "org.freedesktop.Secret.Item.Attributes": ("a{ss}", {"of": "finding"})}
    call(collection, "Collection", "CreateItem", "a{sv}(oayays)b", (properties, (session, b"", b"secret", "text/plain"), True))
unlocked, hidden = call(ROOT, "Service", "SearchItems", "a{ss}", ({"of": "finding"},))
for item in unlocked + hidden:
    print(bytes(call(item, "Item", "GetSecret", "o", (session,))[0][2]))
P
start; stop # the wallet that this makes is a collection from the next start on
start
written=$(timeout 60 venv/bin/python client.py write)
stop
start
found=$(timeout 60 venv/bin/python client.py read)
echo "KWallet 5.103.0: read back after writing: $written; found after a restart: ${found:-nothing}"
[ "$written" = "b'secret'" ] && [ "$found" = "b''" ]
