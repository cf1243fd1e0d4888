#!/usr/bin/env bash
# One would expect: a syllable that ibus-hangul is in the middle of, with another window taking the keyboard, is written
# once: by the input method, which commits what is open when it loses the focus, or by the page's engine.
# Instead: WebKitGTK 2.50.6 writes it itself, as the end of the composition, and then takes the input method's own commit
# as well: the page sees two compositionend with the same text, no compositionstart and no key that was pressed between
# them, and the field holds it twice. Both come before the window's blur. With ibus-libpinyin, which drops what is open,
# it is there once.
# Homing makes of it: record 31 and ui/src/input/inputMethod.ts, which take the second back.
set -euo pipefail
for need in Xvfb xfwm4 xdotool display ibus-daemon dbus-run-session; do
  command -v "$need" >/dev/null || { echo "needed: $need"; exit 2; }
done
for pinned in libwebkit2gtk-4.1-0=2.50.6-1~deb12u2 ibus=1.5.27-5 ibus-gtk3=1.5.27-5 ibus-hangul=1.5.4-2; do
  there=$(dpkg-query -W -f '${Version}' "${pinned%%=*}" 2>/dev/null || true)
  [ "$there" = "${pinned#*=}" ] || { echo "needed: apt-get install $pinned (here: ${there:-none})"; exit 2; }
done
/usr/bin/python3 -c 'import gi; gi.require_version("WebKit2", "4.1")' 2>/dev/null ||
  { echo "needed: apt-get install python3-gi gir1.2-webkit2-4.1"; exit 2; }
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
cat >page.py <<'PY'
import gi
gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2
content = WebKit2.UserContentManager()
content.register_script_message_handler("tell")
content.connect("script-message-received::tell", lambda _, said: print(said.get_js_value().to_string(), flush=True))
view = WebKit2.WebView.new_with_user_content_manager(content)
view.load_html("""<textarea style="width:90%;height:100px"></textarea><script>
const field = document.querySelector("textarea");
const tell = (what) => webkit.messageHandlers.tell.postMessage(what + " holds " + field.value);
for (const type of ["compositionstart", "compositionend"])
  addEventListener(type, (event) => tell(type + " " + event.data));
addEventListener("input", () => tell("input"));
addEventListener("blur", () => tell("blur"));
field.focus();
tell("ready");
</script>""", None)
window = Gtk.Window(title="the page")
window.add(view)
window.show_all()
Gtk.main()
PY
cat >play.sh <<'SH'
set -euo pipefail
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
said() { for _ in $(seq 150); do grep -q "$1" seen && return; sleep 0.1; done; echo "never: $1"; exit 2; }
window() { for _ in $(seq 150); do xdotool search --onlyvisible --name "$1" 2>/dev/null | tail -1 | grep . && return; sleep 0.1; done; exit 2; }
xfwm4 --compositor=off >/dev/null 2>&1 &
until xdotool get_num_desktops >/dev/null 2>&1; do sleep 0.1; done
ibus-daemon --panel disable --emoji-extension disable --address "$IBUS_ADDRESS" >/dev/null 2>&1 &
until [ -S ibus ]; do sleep 0.1; done
display -title "the other" -size 200x100 xc:gray >/dev/null 2>&1 &
/usr/bin/python3 page.py >seen 2>/dev/null &
page=$(window "the page") other=$(window "the other")
said ready
xdotool windowmove "$other" 650 400 windowactivate --sync "$page" mousemove --window "$page" 100 50 click 1
until [ "$(ibus engine 2>/dev/null)" = hangul ]; do ibus engine hangul >/dev/null 2>&1 || true; sleep 0.2; done
sleep 1
xdotool key shift+space type gksrmf
said "input holds 한글"
xdotool windowactivate --sync "$other"
said blur
SH
Xvfb -displayfd 3 -screen 0 1000x700x24 3>number >/dev/null 2>&1 &
for _ in $(seq 50); do [ -s number ] && break; sleep 0.1; done
mkdir -m 700 run
export DISPLAY=:$(cat number) HOME=$folder XDG_RUNTIME_DIR=$folder/run XDG_CONFIG_HOME=$folder/config LANG=C.UTF-8
export GTK_IM_MODULE=ibus IBUS_ADDRESS=unix:path=$folder/ibus GSETTINGS_BACKEND=memory NO_AT_BRIDGE=1 GDK_BACKEND=x11
export WEBKIT_DISABLE_COMPOSITING_MODE=1 WEBKIT_DISABLE_DMABUF_RENDERER=1
unset WAYLAND_DISPLAY
timeout 60 dbus-run-session -- bash play.sh 2>/dev/null || exit 2
echo "WebKitGTK 2.50.6, ibus 1.5.27, ibus-hangul 1.5.4: 한글 typed, its last syllable open, then another window"
grep -A20 'input holds 한글$' seen
ends=$(sed -n '/input holds 한글$/,$p' seen | grep -c '^compositionend 글' || true)
if [ "$ends" -eq 2 ] && grep -qx 'blur holds 한글글' seen; then exit 0; fi
echo "otherwise than said"
exit 1
