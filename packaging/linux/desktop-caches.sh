# Both caches are kept by triggers where their programs come as packages; where they came otherwise
# nobody would tell them. Without them the desktop looks at the files themselves.
if command -v update-desktop-database >/dev/null 2>&1; then
  update-desktop-database -q /usr/share/applications || true
fi
if command -v gtk-update-icon-cache >/dev/null 2>&1; then
  gtk-update-icon-cache -q -t -f /usr/share/icons/hicolor || true
fi
