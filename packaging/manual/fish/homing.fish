# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_homing_global_optspecs
    string join \n json space= token-file= data= timeout= proxy= ca-file= h/help V/version
end

function __fish_homing_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_homing_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_homing_using_subcommand
    set -l cmd (__fish_homing_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c homing -n "__fish_homing_needs_command" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_needs_command" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_needs_command" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_needs_command" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_needs_command" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_needs_command" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_needs_command" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_needs_command" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_needs_command" -s V -l version -d 'Print version'
complete -c homing -n "__fish_homing_needs_command" -f -a "join" -d 'Join a space with a join link, or sign in to it with a device link'
complete -c homing -n "__fish_homing_needs_command" -f -a "link" -d 'Link another device: show a link and a QR code that sign it in as you'
complete -c homing -n "__fish_homing_needs_command" -f -a "rooms" -d 'List your rooms'
complete -c homing -n "__fish_homing_needs_command" -f -a "room" -d 'Create, browse, join and leave rooms, list their members and add people'
complete -c homing -n "__fish_homing_needs_command" -f -a "people" -d 'List the people in the space'
complete -c homing -n "__fish_homing_needs_command" -f -a "send" -d 'Send a message; while you\'re offline it is queued'
complete -c homing -n "__fish_homing_needs_command" -f -a "reply" -d 'Reply to a message'
complete -c homing -n "__fish_homing_needs_command" -f -a "edit" -d 'Edit a message you sent'
complete -c homing -n "__fish_homing_needs_command" -f -a "react" -d 'React to a message with an emoji, or remove your reaction'
complete -c homing -n "__fish_homing_needs_command" -f -a "delete" -d 'Delete a message for everyone. Its text is erased; this can\'t be undone'
complete -c homing -n "__fish_homing_needs_command" -f -a "redact" -d 'Delete a message for everyone. Its text is erased; this can\'t be undone'
complete -c homing -n "__fish_homing_needs_command" -f -a "pin" -d 'Pin a message in its room, or unpin it'
complete -c homing -n "__fish_homing_needs_command" -f -a "tail" -d 'Show the latest messages in a room'
complete -c homing -n "__fish_homing_needs_command" -f -a "status" -d 'Show the connection and queued messages'
complete -c homing -n "__fish_homing_needs_command" -f -a "doctor" -d 'Find out what\'s wrong with the connection, step by step'
complete -c homing -n "__fish_homing_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing -n "__fish_homing_using_subcommand join" -l as -d 'Your name in the space; not needed with a device link' -r
complete -c homing -n "__fish_homing_using_subcommand join" -l device -d 'Name of this device in your list of devices [default: this computer\'s name]' -r
complete -c homing -n "__fish_homing_using_subcommand join" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand join" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand join" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand join" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand join" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand join" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand join" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand join" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand link" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand link" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand link" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand link" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand link" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand link" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand link" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand link" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand rooms" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand rooms" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand rooms" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand rooms" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand rooms" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand rooms" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand rooms" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand rooms" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand room; and not __fish_seen_subcommand_from create browse join leave members add help" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand room; and not __fish_seen_subcommand_from create browse join leave members add help" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and not __fish_seen_subcommand_from create browse join leave members add help" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and not __fish_seen_subcommand_from create browse join leave members add help" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand room; and not __fish_seen_subcommand_from create browse join leave members add help" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand room; and not __fish_seen_subcommand_from create browse join leave members add help" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and not __fish_seen_subcommand_from create browse join leave members add help" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand room; and not __fish_seen_subcommand_from create browse join leave members add help" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand room; and not __fish_seen_subcommand_from create browse join leave members add help" -f -a "create" -d 'Create a room and show it'
complete -c homing -n "__fish_homing_using_subcommand room; and not __fish_seen_subcommand_from create browse join leave members add help" -f -a "browse" -d 'List the rooms you can join'
complete -c homing -n "__fish_homing_using_subcommand room; and not __fish_seen_subcommand_from create browse join leave members add help" -f -a "join" -d 'Join a room that anyone in the space can join'
complete -c homing -n "__fish_homing_using_subcommand room; and not __fish_seen_subcommand_from create browse join leave members add help" -f -a "leave" -d 'Leave a room'
complete -c homing -n "__fish_homing_using_subcommand room; and not __fish_seen_subcommand_from create browse join leave members add help" -f -a "members" -d 'List the people in one of your rooms'
complete -c homing -n "__fish_homing_using_subcommand room; and not __fish_seen_subcommand_from create browse join leave members add help" -f -a "add" -d 'Add people to one of your rooms'
complete -c homing -n "__fish_homing_using_subcommand room; and not __fish_seen_subcommand_from create browse join leave members add help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from create" -l topic -d 'What the room is for' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from create" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from create" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from create" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from create" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from create" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from create" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from create" -l private -d 'Let in only people who are added'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from create" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from browse" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from browse" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from browse" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from browse" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from browse" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from browse" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from browse" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from browse" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from join" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from join" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from join" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from join" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from join" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from join" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from join" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from join" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from leave" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from leave" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from leave" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from leave" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from leave" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from leave" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from leave" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from leave" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from members" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from members" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from members" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from members" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from members" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from members" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from members" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from members" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from add" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from add" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from add" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from add" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from add" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from add" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from add" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "create" -d 'Create a room and show it'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "browse" -d 'List the rooms you can join'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "join" -d 'Join a room that anyone in the space can join'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "leave" -d 'Leave a room'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "members" -d 'List the people in one of your rooms'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "add" -d 'Add people to one of your rooms'
complete -c homing -n "__fish_homing_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing -n "__fish_homing_using_subcommand people" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand people" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand people" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand people" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand people" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand people" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand people" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand people" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand send" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand send" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand send" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand send" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand send" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand send" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand send" -l lines -d 'Send each line of standard input as a separate message'
complete -c homing -n "__fish_homing_using_subcommand send" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand send" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand reply" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand reply" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand reply" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand reply" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand reply" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand reply" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand reply" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand reply" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand edit" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand edit" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand edit" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand edit" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand edit" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand edit" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand edit" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand edit" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand react" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand react" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand react" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand react" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand react" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand react" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand react" -l remove -d 'Remove your reaction'
complete -c homing -n "__fish_homing_using_subcommand react" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand react" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand delete" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand delete" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand delete" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand delete" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand delete" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand delete" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand delete" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand delete" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand redact" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand redact" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand redact" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand redact" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand redact" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand redact" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand redact" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand redact" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand pin" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand pin" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand pin" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand pin" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand pin" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand pin" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand pin" -l remove -d 'Unpin the message'
complete -c homing -n "__fish_homing_using_subcommand pin" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand pin" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand tail" -s n -l number -d 'Number of messages' -r
complete -c homing -n "__fish_homing_using_subcommand tail" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand tail" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand tail" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand tail" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand tail" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand tail" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand tail" -s f -l follow -d 'Keep showing new messages, and changes of the latest ones'
complete -c homing -n "__fish_homing_using_subcommand tail" -l numbers -d 'Show the number of each message, for `reply`, `edit`, `react`, `delete` and `pin`'
complete -c homing -n "__fish_homing_using_subcommand tail" -l utc -d 'Show times in UTC instead of local time. In JSON they are milliseconds since 1970'
complete -c homing -n "__fish_homing_using_subcommand tail" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand tail" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand status" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand status" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand status" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand status" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand status" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand status" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand status" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand status" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand doctor" -l space -d 'Space to use, by name, if this device is in several' -r
complete -c homing -n "__fish_homing_using_subcommand doctor" -l token-file -d 'Keep the token in this file instead of the keyring; only for computers without one' -r -F
complete -c homing -n "__fish_homing_using_subcommand doctor" -l data -d 'Folder for spaces and queued messages [default: the system\'s folder for such data]' -r -F
complete -c homing -n "__fish_homing_using_subcommand doctor" -l timeout -d 'Seconds to wait for the server' -r
complete -c homing -n "__fish_homing_using_subcommand doctor" -l proxy -d 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]' -r
complete -c homing -n "__fish_homing_using_subcommand doctor" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing -n "__fish_homing_using_subcommand doctor" -l mask -d 'Hide the server\'s address, for a report that others will read'
complete -c homing -n "__fish_homing_using_subcommand doctor" -l json -d 'Print JSON, one value per line, instead of text'
complete -c homing -n "__fish_homing_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c homing -n "__fish_homing_using_subcommand help; and not __fish_seen_subcommand_from join link rooms room people send reply edit react delete pin tail status doctor help" -f -a "join" -d 'Join a space with a join link, or sign in to it with a device link'
complete -c homing -n "__fish_homing_using_subcommand help; and not __fish_seen_subcommand_from join link rooms room people send reply edit react delete pin tail status doctor help" -f -a "link" -d 'Link another device: show a link and a QR code that sign it in as you'
complete -c homing -n "__fish_homing_using_subcommand help; and not __fish_seen_subcommand_from join link rooms room people send reply edit react delete pin tail status doctor help" -f -a "rooms" -d 'List your rooms'
complete -c homing -n "__fish_homing_using_subcommand help; and not __fish_seen_subcommand_from join link rooms room people send reply edit react delete pin tail status doctor help" -f -a "room" -d 'Create, browse, join and leave rooms, list their members and add people'
complete -c homing -n "__fish_homing_using_subcommand help; and not __fish_seen_subcommand_from join link rooms room people send reply edit react delete pin tail status doctor help" -f -a "people" -d 'List the people in the space'
complete -c homing -n "__fish_homing_using_subcommand help; and not __fish_seen_subcommand_from join link rooms room people send reply edit react delete pin tail status doctor help" -f -a "send" -d 'Send a message; while you\'re offline it is queued'
complete -c homing -n "__fish_homing_using_subcommand help; and not __fish_seen_subcommand_from join link rooms room people send reply edit react delete pin tail status doctor help" -f -a "reply" -d 'Reply to a message'
complete -c homing -n "__fish_homing_using_subcommand help; and not __fish_seen_subcommand_from join link rooms room people send reply edit react delete pin tail status doctor help" -f -a "edit" -d 'Edit a message you sent'
complete -c homing -n "__fish_homing_using_subcommand help; and not __fish_seen_subcommand_from join link rooms room people send reply edit react delete pin tail status doctor help" -f -a "react" -d 'React to a message with an emoji, or remove your reaction'
complete -c homing -n "__fish_homing_using_subcommand help; and not __fish_seen_subcommand_from join link rooms room people send reply edit react delete pin tail status doctor help" -f -a "delete" -d 'Delete a message for everyone. Its text is erased; this can\'t be undone'
complete -c homing -n "__fish_homing_using_subcommand help; and not __fish_seen_subcommand_from join link rooms room people send reply edit react delete pin tail status doctor help" -f -a "pin" -d 'Pin a message in its room, or unpin it'
complete -c homing -n "__fish_homing_using_subcommand help; and not __fish_seen_subcommand_from join link rooms room people send reply edit react delete pin tail status doctor help" -f -a "tail" -d 'Show the latest messages in a room'
complete -c homing -n "__fish_homing_using_subcommand help; and not __fish_seen_subcommand_from join link rooms room people send reply edit react delete pin tail status doctor help" -f -a "status" -d 'Show the connection and queued messages'
complete -c homing -n "__fish_homing_using_subcommand help; and not __fish_seen_subcommand_from join link rooms room people send reply edit react delete pin tail status doctor help" -f -a "doctor" -d 'Find out what\'s wrong with the connection, step by step'
complete -c homing -n "__fish_homing_using_subcommand help; and not __fish_seen_subcommand_from join link rooms room people send reply edit react delete pin tail status doctor help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing -n "__fish_homing_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "create" -d 'Create a room and show it'
complete -c homing -n "__fish_homing_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "browse" -d 'List the rooms you can join'
complete -c homing -n "__fish_homing_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "join" -d 'Join a room that anyone in the space can join'
complete -c homing -n "__fish_homing_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "leave" -d 'Leave a room'
complete -c homing -n "__fish_homing_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "members" -d 'List the people in one of your rooms'
complete -c homing -n "__fish_homing_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "add" -d 'Add people to one of your rooms'
