using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'homing-server' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'homing-server'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'homing-server' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run the server, creating the space if there is none')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Create the space without running the server, or start a new epoch after restoring a backup')
            [CompletionResult]::new('invite', 'invite', [CompletionResultType]::ParameterValue, 'Create a join link, list open invitations, or revoke one')
            [CompletionResult]::new('member', 'member', [CompletionResultType]::ParameterValue, 'Manage members: list, role, disable, enable, remove, reset-password')
            [CompletionResult]::new('room', 'room', [CompletionResultType]::ParameterValue, 'Manage rooms: list, remove')
            [CompletionResult]::new('space', 'space', [CompletionResultType]::ParameterValue, 'Manage the space: rename')
            [CompletionResult]::new('backup', 'backup', [CompletionResultType]::ParameterValue, 'Back up the database to a file. The server can keep running')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find out what''s wrong with the server, and how to fix it')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Print the versions of the program, the protocol and the database')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing-server;serve' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Address and port to listen on. Port 0 picks a free one')
            [CompletionResult]::new('--tls', '--tls', [CompletionResultType]::ParameterName, 'How to encrypt connections')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Certificate chain in PEM format, for --tls files')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key in PEM format, for --tls files')
            [CompletionResult]::new('--public', '--public', [CompletionResultType]::ParameterName, 'Where people reach the server, for join links: host, host:port, or https://host[:port] behind a reverse proxy that handles TLS. No path: the proxy has to pass on a whole host or port')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the space when it is created. To rename it later: homing-server space rename')
            [CompletionResult]::new('--origin', '--origin', [CompletionResultType]::ParameterName, 'Origin of web pages that may use this server. Repeat for more')
            [CompletionResult]::new('--trust-forwarded', '--trust-forwarded', [CompletionResultType]::ParameterName, 'Take clients'' addresses from X-Forwarded-For when a proxy at one of these addresses sends it: addresses and networks, separated by commas [without a value: loopback]. The proxy must set the header itself; if it passes on what it receives, anyone can claim any address')
            [CompletionResult]::new('--proxy-protocol', '--proxy-protocol', [CompletionResultType]::ParameterName, 'Expect the PROXY protocol (version 1 or 2) from proxies at these addresses, for those that can''t set headers, such as stunnel, sslh and TCP load balancers [without a value: loopback]. Connections from there without it are rejected')
            [CompletionResult]::new('--max-connections', '--max-connections', [CompletionResultType]::ParameterName, 'Maximum number of TCP connections')
            [CompletionResult]::new('--max-connections-per-address', '--max-connections-per-address', [CompletionResultType]::ParameterName, 'Maximum number of connections from one address, such as an office. Those from this computer don''t count')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('--allow-plain', '--allow-plain', [CompletionResultType]::ParameterName, 'Allow --tls off on an address that others can reach')
            [CompletionResult]::new('--print-json', '--print-json', [CompletionResultType]::ParameterName, 'Print the address and the join link as one line of JSON, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;init' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the space')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('--new-epoch', '--new-epoch', [CompletionResultType]::ParameterName, 'Start a new epoch. Do this once after restoring a backup, before running the server: every device then downloads everything again. Unsent messages are kept')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;invite' {
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'Role of the people who join')
            [CompletionResult]::new('--uses', '--uses', [CompletionResultType]::ParameterName, 'How many people can use it [default: no limit]')
            [CompletionResult]::new('--days', '--days', [CompletionResultType]::ParameterName, 'Days until it expires [default: never]')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List open invitations, newest first')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke an invitation. People who joined with it stay')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing-server;invite;list' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object per line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;invite;revoke' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;invite;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List open invitations, newest first')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke an invitation. People who joined with it stay')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing-server;invite;help;list' {
            break
        }
        'homing-server;invite;help;revoke' {
            break
        }
        'homing-server;invite;help;help' {
            break
        }
        'homing-server;member' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List members, in the order they joined')
            [CompletionResult]::new('role', 'role', [CompletionResultType]::ParameterValue, 'Change a member''s role')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Disable an account. Messages and rooms stay, and you can enable it again')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Enable a disabled account')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a member for good: signed out everywhere, out of every room. Their messages stay')
            [CompletionResult]::new('reset-password', 'reset-password', [CompletionResultType]::ParameterValue, 'Set a new password for a member, and print it')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing-server;member;list' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object per line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;member;role' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;member;disable' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;member;enable' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;member;remove' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;member;reset-password' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;member;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List members, in the order they joined')
            [CompletionResult]::new('role', 'role', [CompletionResultType]::ParameterValue, 'Change a member''s role')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Disable an account. Messages and rooms stay, and you can enable it again')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Enable a disabled account')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a member for good: signed out everywhere, out of every room. Their messages stay')
            [CompletionResult]::new('reset-password', 'reset-password', [CompletionResultType]::ParameterValue, 'Set a new password for a member, and print it')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing-server;member;help;list' {
            break
        }
        'homing-server;member;help;role' {
            break
        }
        'homing-server;member;help;disable' {
            break
        }
        'homing-server;member;help;enable' {
            break
        }
        'homing-server;member;help;remove' {
            break
        }
        'homing-server;member;help;reset-password' {
            break
        }
        'homing-server;member;help;help' {
            break
        }
        'homing-server;room' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List all rooms, including private and direct ones, oldest first')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Delete a room for good, with all its messages. Only a backup can bring it back')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing-server;room;list' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object per line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;room;remove' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;room;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List all rooms, including private and direct ones, oldest first')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Delete a room for good, with all its messages. Only a backup can bring it back')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing-server;room;help;list' {
            break
        }
        'homing-server;room;help;remove' {
            break
        }
        'homing-server;room;help;help' {
            break
        }
        'homing-server;space' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('rename', 'rename', [CompletionResultType]::ParameterValue, 'Give the space another name. A running server shows it to everyone within seconds')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing-server;space;rename' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;space;help' {
            [CompletionResult]::new('rename', 'rename', [CompletionResultType]::ParameterValue, 'Give the space another name. A running server shows it to everyone within seconds')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing-server;space;help;rename' {
            break
        }
        'homing-server;space;help;help' {
            break
        }
        'homing-server;backup' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;doctor' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Address and port to listen on. Port 0 picks a free one')
            [CompletionResult]::new('--tls', '--tls', [CompletionResultType]::ParameterName, 'How to encrypt connections')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Certificate chain in PEM format, for --tls files')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key in PEM format, for --tls files')
            [CompletionResult]::new('--public', '--public', [CompletionResultType]::ParameterName, 'Where people reach the server, as for serve [default: the address in the join links of its last run]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object per line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;version' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log to standard error, such as `info` or `homing_server=debug`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;help' {
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run the server, creating the space if there is none')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Create the space without running the server, or start a new epoch after restoring a backup')
            [CompletionResult]::new('invite', 'invite', [CompletionResultType]::ParameterValue, 'Create a join link, list open invitations, or revoke one')
            [CompletionResult]::new('member', 'member', [CompletionResultType]::ParameterValue, 'Manage members: list, role, disable, enable, remove, reset-password')
            [CompletionResult]::new('room', 'room', [CompletionResultType]::ParameterValue, 'Manage rooms: list, remove')
            [CompletionResult]::new('space', 'space', [CompletionResultType]::ParameterValue, 'Manage the space: rename')
            [CompletionResult]::new('backup', 'backup', [CompletionResultType]::ParameterValue, 'Back up the database to a file. The server can keep running')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find out what''s wrong with the server, and how to fix it')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Print the versions of the program, the protocol and the database')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing-server;help;serve' {
            break
        }
        'homing-server;help;init' {
            break
        }
        'homing-server;help;invite' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List open invitations, newest first')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke an invitation. People who joined with it stay')
            break
        }
        'homing-server;help;invite;list' {
            break
        }
        'homing-server;help;invite;revoke' {
            break
        }
        'homing-server;help;member' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List members, in the order they joined')
            [CompletionResult]::new('role', 'role', [CompletionResultType]::ParameterValue, 'Change a member''s role')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Disable an account. Messages and rooms stay, and you can enable it again')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Enable a disabled account')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a member for good: signed out everywhere, out of every room. Their messages stay')
            [CompletionResult]::new('reset-password', 'reset-password', [CompletionResultType]::ParameterValue, 'Set a new password for a member, and print it')
            break
        }
        'homing-server;help;member;list' {
            break
        }
        'homing-server;help;member;role' {
            break
        }
        'homing-server;help;member;disable' {
            break
        }
        'homing-server;help;member;enable' {
            break
        }
        'homing-server;help;member;remove' {
            break
        }
        'homing-server;help;member;reset-password' {
            break
        }
        'homing-server;help;room' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List all rooms, including private and direct ones, oldest first')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Delete a room for good, with all its messages. Only a backup can bring it back')
            break
        }
        'homing-server;help;room;list' {
            break
        }
        'homing-server;help;room;remove' {
            break
        }
        'homing-server;help;space' {
            [CompletionResult]::new('rename', 'rename', [CompletionResultType]::ParameterValue, 'Give the space another name. A running server shows it to everyone within seconds')
            break
        }
        'homing-server;help;space;rename' {
            break
        }
        'homing-server;help;backup' {
            break
        }
        'homing-server;help;doctor' {
            break
        }
        'homing-server;help;version' {
            break
        }
        'homing-server;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
