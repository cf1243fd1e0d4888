# Only when the package goes, and not when a newer one comes.
case "$1" in
  remove | 0)
    if [ -d /run/systemd/system ]; then
      systemctl disable --now homing-server.service || true
    fi
    ;;
esac
