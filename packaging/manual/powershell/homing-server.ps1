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
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Make the space if there is none, and serve it')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make the space without serving it; or start a new epoch after restoring a backup')
            [CompletionResult]::new('invite', 'invite', [CompletionResultType]::ParameterValue, 'Print a join link for further people')
            [CompletionResult]::new('member', 'member', [CompletionResultType]::ParameterValue, 'Look after members: list, role, disable, enable, remove, reset-password')
            [CompletionResult]::new('room', 'room', [CompletionResultType]::ParameterValue, 'Look after rooms: list, remove')
            [CompletionResult]::new('backup', 'backup', [CompletionResultType]::ParameterValue, 'Copy the database into a file while the server runs')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check everything a server needs, and say what to do')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Print the versions of the program, the wire and the database')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing-server;serve' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Where to listen. Port 0 takes any free one')
            [CompletionResult]::new('--tls', '--tls', [CompletionResultType]::ParameterName, 'How connections are encrypted')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Certificate chain in PEM form, for --tls files')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key in PEM form, for --tls files')
            [CompletionResult]::new('--public', '--public', [CompletionResultType]::ParameterName, 'Where people reach the server, for join links: host, host:port, or https://host[:port] behind a reverse proxy that does TLS. Without a path: the proxy has to pass on a whole host or port')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'What the space is called, when it is made')
            [CompletionResult]::new('--origin', '--origin', [CompletionResultType]::ParameterName, 'A web page''s origin that may use this server. Repeat for more')
            [CompletionResult]::new('--trust-forwarded', '--trust-forwarded', [CompletionResultType]::ParameterName, 'Take clients'' addresses from X-Forwarded-For when a proxy at one of these addresses sends it: addresses and networks, separated by commas [without a value: loopback]. The proxy must set the header itself; one that passes on what it gets lets everybody claim any address')
            [CompletionResult]::new('--proxy-protocol', '--proxy-protocol', [CompletionResultType]::ParameterName, 'Expect the PROXY protocol (version 1 or 2) from proxies at these addresses, for those that can''t set a header: stunnel, sslh, load balancers of TCP [without a value: loopback]. From there, connections without it are refused')
            [CompletionResult]::new('--max-connections', '--max-connections', [CompletionResultType]::ParameterName, 'TCP connections at once')
            [CompletionResult]::new('--max-connections-per-address', '--max-connections-per-address', [CompletionResultType]::ParameterName, 'Of these, from one address, for an office behind one. Those from this computer do not count')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('--allow-plain', '--allow-plain', [CompletionResultType]::ParameterName, 'Allow --tls off on an address that others can reach')
            [CompletionResult]::new('--print-json', '--print-json', [CompletionResultType]::ParameterName, 'Print one line of JSON about where it listens, instead of words')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;init' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'What the space is called')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('--new-epoch', '--new-epoch', [CompletionResultType]::ParameterName, 'Start a new epoch. Do this once after a backup was copied back, before serving: every client then drops what it knew and asks for everything again')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;invite' {
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'What the new members will be')
            [CompletionResult]::new('--uses', '--uses', [CompletionResultType]::ParameterName, 'How many may use it. Without: any number')
            [CompletionResult]::new('--days', '--days', [CompletionResultType]::ParameterName, 'For how many days. Without: for ever')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'The invitations that can still be used, newest first')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End an invitation. Who came in by it stays')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing-server;invite;list' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;invite;revoke' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;invite;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'The invitations that can still be used, newest first')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End an invitation. Who came in by it stays')
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
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Everybody, in order of joining')
            [CompletionResult]::new('role', 'role', [CompletionResultType]::ParameterValue, 'Change what somebody may do')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Lock somebody out. Their words and rooms stay, and they can be let in again')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Let somebody in again')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take somebody out for good: signed out everywhere, out of every room. Their words stay')
            [CompletionResult]::new('reset-password', 'reset-password', [CompletionResultType]::ParameterValue, 'Give somebody a new password, and print it')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing-server;member;list' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;member;role' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;member;disable' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;member;enable' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;member;remove' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;member;reset-password' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;member;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Everybody, in order of joining')
            [CompletionResult]::new('role', 'role', [CompletionResultType]::ParameterValue, 'Change what somebody may do')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Lock somebody out. Their words and rooms stay, and they can be let in again')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Let somebody in again')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take somebody out for good: signed out everywhere, out of every room. Their words stay')
            [CompletionResult]::new('reset-password', 'reset-password', [CompletionResultType]::ParameterValue, 'Give somebody a new password, and print it')
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
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'All rooms, private and direct ones too, oldest first')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take a room away for good, with all that was said in it. There is no way back but a backup')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing-server;room;list' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;room;remove' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;room;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'All rooms, private and direct ones too, oldest first')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take a room away for good, with all that was said in it. There is no way back but a backup')
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
        'homing-server;backup' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;doctor' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Where to listen. Port 0 takes any free one')
            [CompletionResult]::new('--tls', '--tls', [CompletionResultType]::ParameterName, 'How connections are encrypted')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Certificate chain in PEM form, for --tls files')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key in PEM form, for --tls files')
            [CompletionResult]::new('--public', '--public', [CompletionResultType]::ParameterName, 'Where people reach the server, as for serve. Without it, the address that its join links had when it ran last')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, beside the system''s')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;version' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The folder with the space''s database and certificate')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'What to log, such as `info` or `homing_server=debug`. Goes to standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'homing-server;help' {
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Make the space if there is none, and serve it')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make the space without serving it; or start a new epoch after restoring a backup')
            [CompletionResult]::new('invite', 'invite', [CompletionResultType]::ParameterValue, 'Print a join link for further people')
            [CompletionResult]::new('member', 'member', [CompletionResultType]::ParameterValue, 'Look after members: list, role, disable, enable, remove, reset-password')
            [CompletionResult]::new('room', 'room', [CompletionResultType]::ParameterValue, 'Look after rooms: list, remove')
            [CompletionResult]::new('backup', 'backup', [CompletionResultType]::ParameterValue, 'Copy the database into a file while the server runs')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check everything a server needs, and say what to do')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Print the versions of the program, the wire and the database')
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
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'The invitations that can still be used, newest first')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End an invitation. Who came in by it stays')
            break
        }
        'homing-server;help;invite;list' {
            break
        }
        'homing-server;help;invite;revoke' {
            break
        }
        'homing-server;help;member' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Everybody, in order of joining')
            [CompletionResult]::new('role', 'role', [CompletionResultType]::ParameterValue, 'Change what somebody may do')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Lock somebody out. Their words and rooms stay, and they can be let in again')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Let somebody in again')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take somebody out for good: signed out everywhere, out of every room. Their words stay')
            [CompletionResult]::new('reset-password', 'reset-password', [CompletionResultType]::ParameterValue, 'Give somebody a new password, and print it')
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
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'All rooms, private and direct ones too, oldest first')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take a room away for good, with all that was said in it. There is no way back but a backup')
            break
        }
        'homing-server;help;room;list' {
            break
        }
        'homing-server;help;room;remove' {
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
