# The space stays, also when the package is purged: what people wrote is not ours to throw away.
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload || true
fi
