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

complete -c homing-server -n "__fish_homing_server_needs_command" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_needs_command" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c homing-server -n "__fish_homing_server_needs_command" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "serve" -d 'Make the space if there is none, and serve it'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "init" -d 'Make the space without serving it; or start a new epoch after restoring a backup'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "invite" -d 'Print a join link for further people'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "member" -d 'Look after members: list, role, disable, enable, remove, reset-password'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "room" -d 'Look after rooms: list, remove'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "backup" -d 'Copy the database into a file while the server runs'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "doctor" -d 'Check everything a server needs, and say what to do'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "version" -d 'Print the versions of the program, the wire and the database'
complete -c homing-server -n "__fish_homing_server_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l listen -d 'Where to listen. Port 0 takes any free one' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l tls -d 'How connections are encrypted' -r -f -a "self\t'With a certificate of the server\'s own making'
off\t'Not at all: on loopback, or behind a reverse proxy'
files\t'With --cert and --key'"
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l cert -d 'Certificate chain in PEM form, for --tls files' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l key -d 'Private key in PEM form, for --tls files' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l public -d 'Where people reach the server, for join links: host, host:port, or https://host[:port] behind a reverse proxy that does TLS. Without a path: the proxy has to pass on a whole host or port' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l name -d 'What the space is called, when it is made' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l origin -d 'A web page\'s origin that may use this server. Repeat for more' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l trust-forwarded -d 'Take clients\' addresses from X-Forwarded-For when a proxy at one of these addresses sends it: addresses and networks, separated by commas [without a value: loopback]. The proxy must set the header itself; one that passes on what it gets lets everybody claim any address' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l proxy-protocol -d 'Expect the PROXY protocol (version 1 or 2) from proxies at these addresses, for those that can\'t set a header: stunnel, sslh, load balancers of TCP [without a value: loopback]. From there, connections without it are refused' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l max-connections -d 'TCP connections at once' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l max-connections-per-address -d 'Of these, from one address, for an office behind one. Those from this computer do not count' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l allow-plain -d 'Allow --tls off on an address that others can reach'
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -l print-json -d 'Print one line of JSON about where it listens, instead of words'
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c homing-server -n "__fish_homing_server_using_subcommand serve" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand init" -l name -d 'What the space is called' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand init" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand init" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand init" -l new-epoch -d 'Start a new epoch. Do this once after a backup was copied back, before serving: every client then drops what it knew and asks for everything again'
complete -c homing-server -n "__fish_homing_server_using_subcommand init" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand init" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -l role -d 'What the new members will be' -r -f -a "guest\t'Sees only the rooms they were added to'
member\t'Joins public rooms, creates rooms, writes to anyone'
admin\t'Invites and removes people'
owner\t'Admin, and can make admins'"
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -l uses -d 'How many may use it. Without: any number' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -l days -d 'For how many days. Without: for ever' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -l json -d 'Print JSON'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -f -a "list" -d 'The invitations that can still be used, newest first'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -f -a "revoke" -d 'End an invitation. Who came in by it stays'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and not __fish_seen_subcommand_from list revoke help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from list" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from list" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from list" -l json -d 'Print JSON, one object a line'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from revoke" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from help" -f -a "list" -d 'The invitations that can still be used, newest first'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from help" -f -a "revoke" -d 'End an invitation. Who came in by it stays'
complete -c homing-server -n "__fish_homing_server_using_subcommand invite; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -f -a "list" -d 'Everybody, in order of joining'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -f -a "role" -d 'Change what somebody may do'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -f -a "disable" -d 'Lock somebody out. Their words and rooms stay, and they can be let in again'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -f -a "enable" -d 'Let somebody in again'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -f -a "remove" -d 'Take somebody out for good: signed out everywhere, out of every room. Their words stay'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -f -a "reset-password" -d 'Give somebody a new password, and print it'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and not __fish_seen_subcommand_from list role disable enable remove reset-password help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from list" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from list" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from list" -l json -d 'Print JSON, one object a line'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from role" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from role" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from role" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from role" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from disable" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from disable" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from disable" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from disable" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from enable" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from enable" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from enable" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from enable" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from remove" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from remove" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from remove" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from reset-password" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from reset-password" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from reset-password" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from reset-password" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from help" -f -a "list" -d 'Everybody, in order of joining'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from help" -f -a "role" -d 'Change what somebody may do'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from help" -f -a "disable" -d 'Lock somebody out. Their words and rooms stay, and they can be let in again'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from help" -f -a "enable" -d 'Let somebody in again'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Take somebody out for good: signed out everywhere, out of every room. Their words stay'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from help" -f -a "reset-password" -d 'Give somebody a new password, and print it'
complete -c homing-server -n "__fish_homing_server_using_subcommand member; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and not __fish_seen_subcommand_from list remove help" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and not __fish_seen_subcommand_from list remove help" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and not __fish_seen_subcommand_from list remove help" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and not __fish_seen_subcommand_from list remove help" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and not __fish_seen_subcommand_from list remove help" -f -a "list" -d 'All rooms, private and direct ones too, oldest first'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and not __fish_seen_subcommand_from list remove help" -f -a "remove" -d 'Take a room away for good, with all that was said in it. There is no way back but a backup'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and not __fish_seen_subcommand_from list remove help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from list" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from list" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from list" -l json -d 'Print JSON, one object a line'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from remove" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from remove" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from remove" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "list" -d 'All rooms, private and direct ones too, oldest first'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Take a room away for good, with all that was said in it. There is no way back but a backup'
complete -c homing-server -n "__fish_homing_server_using_subcommand room; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand backup" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand backup" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand backup" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand backup" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l listen -d 'Where to listen. Port 0 takes any free one' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l tls -d 'How connections are encrypted' -r -f -a "self\t'With a certificate of the server\'s own making'
off\t'Not at all: on loopback, or behind a reverse proxy'
files\t'With --cert and --key'"
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l cert -d 'Certificate chain in PEM form, for --tls files' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l key -d 'Private key in PEM form, for --tls files' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l public -d 'Where people reach the server, as for serve. Without it, the address that its join links had when it ran last' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l ca-file -d 'Trust the certificate authorities in this PEM file, beside the system\'s' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -l json -d 'Print JSON, one object a line'
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c homing-server -n "__fish_homing_server_using_subcommand doctor" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand version" -l data -d 'The folder with the space\'s database and certificate' -r -F
complete -c homing-server -n "__fish_homing_server_using_subcommand version" -l log -d 'What to log, such as `info` or `homing_server=debug`. Goes to standard error' -r
complete -c homing-server -n "__fish_homing_server_using_subcommand version" -s h -l help -d 'Print help'
complete -c homing-server -n "__fish_homing_server_using_subcommand version" -s V -l version -d 'Print version'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room backup doctor version help" -f -a "serve" -d 'Make the space if there is none, and serve it'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room backup doctor version help" -f -a "init" -d 'Make the space without serving it; or start a new epoch after restoring a backup'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room backup doctor version help" -f -a "invite" -d 'Print a join link for further people'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room backup doctor version help" -f -a "member" -d 'Look after members: list, role, disable, enable, remove, reset-password'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room backup doctor version help" -f -a "room" -d 'Look after rooms: list, remove'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room backup doctor version help" -f -a "backup" -d 'Copy the database into a file while the server runs'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room backup doctor version help" -f -a "doctor" -d 'Check everything a server needs, and say what to do'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room backup doctor version help" -f -a "version" -d 'Print the versions of the program, the wire and the database'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and not __fish_seen_subcommand_from serve init invite member room backup doctor version help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from invite" -f -a "list" -d 'The invitations that can still be used, newest first'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from invite" -f -a "revoke" -d 'End an invitation. Who came in by it stays'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from member" -f -a "list" -d 'Everybody, in order of joining'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from member" -f -a "role" -d 'Change what somebody may do'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from member" -f -a "disable" -d 'Lock somebody out. Their words and rooms stay, and they can be let in again'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from member" -f -a "enable" -d 'Let somebody in again'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from member" -f -a "remove" -d 'Take somebody out for good: signed out everywhere, out of every room. Their words stay'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from member" -f -a "reset-password" -d 'Give somebody a new password, and print it'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "list" -d 'All rooms, private and direct ones too, oldest first'
complete -c homing-server -n "__fish_homing_server_using_subcommand help; and __fish_seen_subcommand_from room" -f -a "remove" -d 'Take a room away for good, with all that was said in it. There is no way back but a backup'
