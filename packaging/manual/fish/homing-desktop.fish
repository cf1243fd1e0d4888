complete -c homing-desktop -l profile -d 'Run a separate copy with its own spaces and settings' -r
complete -c homing-desktop -l window-kept -d 'Seconds to keep a window that was closed to the tray before its memory is freed' -r
complete -c homing-desktop -l quit -d 'Quit the running copy of this profile, if there is one'
complete -c homing-desktop -l hidden -d 'Start in the tray, without a window'
complete -c homing-desktop -s h -l help -d 'Print help'
complete -c homing-desktop -s V -l version -d 'Print version'
