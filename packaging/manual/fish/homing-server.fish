# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_homing_server_global_optspecs
    string join \n data= log= h/help V/version
end

function __fish_homing_server_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_homing_server_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_homing_server_using_subcommand
    set -l cmd (__fish_homing_server_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c homing-server -n "__fish_homing_server_needs_command" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_needs_command" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c homing-server -n "__fish_homing_server_needs_command" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "serve" -d 'Run the server, creating the space if there is none'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "init" -d 'Create the space without running the server, or start a new epoch after restoring a backup'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "invite" -d 'Create a join link, list open invitations, or revoke one'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "member" -d 'Manage members: list, role, disable, enable, remove, reset-password'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "room" -d 'Manage rooms: list, remove'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "space" -d 'Manage the space: rename'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "backup" -d 'Back up the database to a file. The server can keep running'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "doctor" -d 'Find out what\'s wrong with the server, and how to fix it'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "version" -d 'Print the versions of the program, the protocol and the database'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l listen -d 'Address and port to listen on. Port 0 picks a free one' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l tls -d 'How to encrypt connections' -r -f -a "self\t'With the server\'s own certificate'
off\t'No encryption: on loopback, or behind a reverse proxy'
files\t'With --cert and --key'"
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l cert -d 'Certificate chain in PEM format, for --tls files' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l key -d 'Private key in PEM format, for --tls files' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l public -d 'Where people reach the server, for join links: host, host:port, or https://host[:port] behind a reverse proxy that handles TLS. No path: the proxy has to pass on a whole host or port' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l name -d 'Name of the space when it is created. To rename it later: homing-server space rename' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l origin -d 'Origin of web pages that may use this server. Repeat for more' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l trust-forwarded -d 'Take clients\' addresses from X-Forwarded-For when a proxy at one of these addresses sends it: addresses and networks, separated by commas [without a value: loopback]. The proxy must set the header itself; if it passes on what it receives, anyone can claim any address' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l proxy-protocol -d 'Expect the PROXY protocol (version 1 or 2) from proxies at these addresses, for those that can\'t set headers, such as stunnel, sslh and TCP load balancers [without a value: loopback]. Connections from there without it are rejected' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l max-connections -d 'Maximum number of TCP connections' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l max-connections-per-address -d 'Maximum number of connections from one address, such as an office. Those from this computer don\'t count' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l allow-plain -d 'Allow --tls off on an address that others can reach'
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l print-json -d 'Print the address and the join link as one line of JSON, instead of text'
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand init" -l name -d 'Name of the space' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand init" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand init" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand init" -l new-epoch -d 'Start a new epoch. Do this once after restoring a backup, before running the server: every device then downloads everything again. Unsent messages are kept'
complete -c homing-server -n "__fish_homing_server_using_subcommand init" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand init" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -l role -d 'Role of the people who join' -r -f -a "guest\t'Sees only rooms they were added to'
member\t'Joins public rooms, creates rooms, messages anyone'
admin\t'Invites and removes people'
owner\t'Admin, and can make admins'"
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -l uses -d 'How many people can use it [default: no limit]' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -l days -d 'Days until it expires [default: never]' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -l json -d 'Print JSON'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -f -a "list" -d 'List open invitations, newest first'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -f -a "revoke" -d 'Revoke an invitation. People who joined with it stay'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from list" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from list" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from list" -l json -d 'Print JSON, one object per line'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from revoke" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from help" -f -a "list" -d 'List open invitations, newest first'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from help" -f -a "revoke" -d 'Revoke an invitation. People who joined with it stay'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -f -a "list" -d 'List members, in the order they joined'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -f -a "role" -d 'Change a member\'s role'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -f -a "disable" -d 'Disable an account. Messages and rooms stay, and you can enable it again'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -f -a "enable" -d 'Enable a disabled account'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -f -a "remove" -d 'Remove a member for good: signed out everywhere, out of every room. Their messages stay'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -f -a "reset-password" -d 'Set a new password for a member, and print it'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from list" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from list" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from list" -l json -d 'Print JSON, one object per line'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from role" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from role" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from role" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from role" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from disable" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from disable" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from disable" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from disable" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from enable" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from enable" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from enable" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from enable" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from remove" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from remove" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from remove" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from reset-password" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from reset-password" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from reset-password" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from reset-password" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from help" -f -a "list" -d 'List members, in the order they joined'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from help" -f -a "role" -d 'Change a member\'s role'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from help" -f -a "disable" -d 'Disable an account. Messages and rooms stay, and you can enable it again'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from help" -f -a "enable" -d 'Enable a disabled account'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove a member for good: signed out everywhere, out of every room. Their messages stay'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from help" -f -a "reset-password" -d 'Set a new password for a member, and print it'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and not __fish_seen_subcommand_from list remove help" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and not __fish_seen_subcommand_from list remove help" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and not __fish_seen_subcommand_from list remove help" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and not __fish_seen_subcommand_from list remove help" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and not __fish_seen_subcommand_from list remove help" -f -a "list" -d 'List all rooms, including private and direct ones, oldest first'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and not __fish_seen_subcommand_from list remove help" -f -a "remove" -d 'Delete a room for good, with all its messages. Only a backup can bring it back'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and not __fish_seen_subcommand_from list remove help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from list" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from list" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from list" -l json -d 'Print JSON, one object per line'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from remove" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from remove" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from remove" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "list" -d 'List all rooms, including private and direct ones, oldest first'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Delete a room for good, with all its messages. Only a backup can bring it back'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand space; and not __fish_seen_subcommand_from rename help" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand space; and not __fish_seen_subcommand_from rename help" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand space; and not __fish_seen_subcommand_from rename help" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand space; and not __fish_seen_subcommand_from rename help" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand space; and not __fish_seen_subcommand_from rename help" -f -a "rename" -d 'Give the space another name. A running server shows it to everyone within seconds'
complete -c homing-server -n "__fish_homing_server_using_subcommand space; and not __fish_seen_subcommand_from rename help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand space; and __fish_seen_subcommand_from rename" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand space; and __fish_seen_subcommand_from rename" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand space; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand space; and __fish_seen_subcommand_from rename" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand space; and __fish_seen_subcommand_from help" -f -a "rename" -d 'Give the space another name. A running server shows it to everyone within seconds'
complete -c homing-server -n "__fish_homing_server_using_subcommand space; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand backup" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand backup" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand backup" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand backup" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l listen -d 'Address and port to listen on. Port 0 picks a free one' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l tls -d 'How to encrypt connections' -r -f -a "self\t'With the server\'s own certificate'
off\t'No encryption: on loopback, or behind a reverse proxy'
files\t'With --cert and --key'"
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l cert -d 'Certificate chain in PEM format, for --tls files' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l key -d 'Private key in PEM format, for --tls files' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l public -d 'Where people reach the server, as for serve [default: the address in the join links of its last run]' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l ca-file -d 'Trust the certificate authorities in this PEM file, in addition to the system\'s' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l json -d 'Print JSON, one object per line'
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand version" -l data -d 'Folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand version" -l log -d 'What to log to standard error, such as `info` or `homing_server=debug`' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand version" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand version" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room space backup doctor version help" -f -a "serve" -d 'Run the server, creating the space if there is none'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room space backup doctor version help" -f -a "init" -d 'Create the space without running the server, or start a new epoch after restoring a backup'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room space backup doctor version help" -f -a "invite" -d 'Create a join link, list open invitations, or revoke one'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room space backup doctor version help" -f -a "member" -d 'Manage members: list, role, disable, enable, remove, reset-password'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room space backup doctor version help" -f -a "room" -d 'Manage rooms: list, remove'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room space backup doctor version help" -f -a "space" -d 'Manage the space: rename'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room space backup doctor version help" -f -a "backup" -d 'Back up the database to a file. The server can keep running'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room space backup doctor version help" -f -a "doctor" -d 'Find out what\'s wrong with the server, and how to fix it'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room space backup doctor version help" -f -a "version" -d 'Print the versions of the program, the protocol and the database'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room space backup doctor version help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from invite" -f -a "list" -d 'List open invitations, newest first'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from invite" -f -a "revoke" -d 'Revoke an invitation. People who joined with it stay'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from member" -f -a "list" -d 'List members, in the order they joined'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from member" -f -a "role" -d 'Change a member\'s role'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from member" -f -a "disable" -d 'Disable an account. Messages and rooms stay, and you can enable it again'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from member" -f -a "enable" -d 'Enable a disabled account'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from member" -f -a "remove" -d 'Remove a member for good: signed out everywhere, out of every room. Their messages stay'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from member" -f -a "reset-password" -d 'Set a new password for a member, and print it'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "list" -d 'List all rooms, including private and direct ones, oldest first'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "remove" -d 'Delete a room for good, with all its messages. Only a backup can bring it back'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from space" -f -a "rename" -d 'Give the space another name. A running server shows it to everyone within seconds'
