complete -c homing-desktop -l profile -d 'Run a second copy beside the first one, with its own spaces and settings' -r
complete -c homing-desktop -l window-kept -d 'How long a window that was closed to the tray is kept, in seconds, before its memory is given back' -r
complete -c homing-desktop -l quit -d 'Ask the running copy of this profile to quit; does nothing if none runs'
complete -c homing-desktop -l hidden -d 'Start in the tray, without a window'
complete -c homing-desktop -s h -l help -d 'Print help'
complete -c homing-desktop -s V -l version -d 'Print version'
