#!/usr/bin/env bash
# One would expect: MediaRecorder.isTypeSupported("") says whether some type can be recorded, so where it
# is true the recorder can be made and at least one named type is supported too.
# Instead: WebKitGTK 2.50.6 with the GStreamer plugins that Debian's package depends on says true for "",
# false for every named type; `new MediaRecorder(stream)` is made without a word, and its start() throws
# NotSupportedError. WebCodecs, on the same machine, encodes Opus.
# Homing makes of it: it records nothing yet; sound is to be recorded without MediaRecorder.
set -euo pipefail
webkit=2.50.6-1~deb12u2
for need in Xvfb dbus-run-session python3; do
  command -v "$need" >/dev/null || { echo "needed: $need"; exit 2; }
done
there=$(dpkg-query -W -f '${Version}' libwebkit2gtk-4.1-0 2>/dev/null || true)
[ "$there" = "$webkit" ] || { echo "needed: apt-get install libwebkit2gtk-4.1-0=$webkit (here: ${there:-none})"; exit 2; }
/usr/bin/python3 -c 'import gi; gi.require_version("WebKit2", "4.1")' 2>/dev/null ||
  { echo "needed: apt-get install python3-gi gir1.2-webkit2-4.1"; exit 2; }
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
cat >show.py <<'PY'
import json, pathlib, sys
import gi
gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2

content = WebKit2.UserContentManager()
content.register_script_message_handler("tell")
view = WebKit2.WebView.new_with_user_content_manager(content)
result = 2

def told(_, message):
    global result
    seen = json.loads(message.get_js_value().to_string())
    print("WebKitGTK %d.%d.%d:" % (WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version()), seen)
    named = [said for kind, said in seen["types"].items() if kind]
    as_said = seen["types"][""] and not any(named) and seen["made"] == "NotSupportedError" and seen["opus"]
    result = 0 if as_said else 1
    Gtk.main_quit()

content.connect("script-message-received::tell", told)
here = pathlib.Path.cwd()
(here / "page.html").write_text("""<!doctype html><script>
(async () => {
  const kinds = ["", "audio/webm", "audio/webm;codecs=opus", "audio/ogg", "audio/ogg;codecs=opus", "audio/mp4", "video/webm", "video/mp4"];
  const types = Object.fromEntries(kinds.map((kind) => [kind, MediaRecorder.isTypeSupported(kind)]));
  const sound = new AudioContext().createMediaStreamDestination().stream;
  let made = "made";
  try {
    const recorder = new MediaRecorder(sound);
    const ended = new Promise((done) => { recorder.onerror = (event) => done(event.error?.name ?? "error"); recorder.onstop = () => done("stopped"); setTimeout(() => done("nothing"), 3000); });
    let bytes = 0;
    recorder.ondataavailable = ({ data }) => (bytes += data.size);
    recorder.start();
    setTimeout(() => recorder.state === "recording" && recorder.stop(), 1000);
    made = `${await ended}, ${bytes} bytes, type "${recorder.mimeType}"`;
  } catch (error) { made = error.name; }
  const opus = await AudioEncoder.isConfigSupported({ codec: "opus", sampleRate: 48000, numberOfChannels: 1 });
  webkit.messageHandlers.tell.postMessage(JSON.stringify({ types, made, opus: opus.supported }));
})().catch((error) => webkit.messageHandlers.tell.postMessage(JSON.stringify({ types: {}, made: String(error), opus: false })));
</script>""")
view.load_uri((here / "page.html").as_uri())
window = Gtk.Window()
window.add(view)
window.show_all()
GLib.timeout_add_seconds(30, Gtk.main_quit)
Gtk.main()
sys.exit(result)
PY
Xvfb -displayfd 3 -screen 0 800x600x24 3>display >/dev/null 2>&1 &
for _ in $(seq 50); do [ -s display ] && break; sleep 0.1; done
export DISPLAY=:$(cat display) HOME=$folder XDG_RUNTIME_DIR=$folder NO_AT_BRIDGE=1 GDK_BACKEND=x11
export WEBKIT_DISABLE_COMPOSITING_MODE=1 WEBKIT_DISABLE_DMABUF_RENDERER=1
unset WAYLAND_DISPLAY
dbus-run-session -- /usr/bin/python3 show.py 2>/dev/null && result=0 || result=$?
[ $result -ne 1 ] || echo "otherwise than said"
exit $result
