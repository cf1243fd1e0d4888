using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'homing' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'homing'
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
        'homing' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('join', 'join', [CompletionResultType]::ParameterValue, 'Join a space with a join link, or sign in to it with a device link')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Link another device: show a link and a QR code that sign it in as you')
            [CompletionResult]::new('rooms', 'rooms', [CompletionResultType]::ParameterValue, 'List your rooms')
            [CompletionResult]::new('room', 'room', [CompletionResultType]::ParameterValue, 'Create, browse, join and leave rooms, list their members and add people')
            [CompletionResult]::new('people', 'people', [CompletionResultType]::ParameterValue, 'List the people in the space')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send a message; while you''re offline it is queued')
            [CompletionResult]::new('reply', 'reply', [CompletionResultType]::ParameterValue, 'Reply to a message')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Edit a message you sent')
            [CompletionResult]::new('react', 'react', [CompletionResultType]::ParameterValue, 'React to a message with an emoji, or remove your reaction')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a message for everyone. Its text is erased; this can''t be undone')
            [CompletionResult]::new('redact', 'redact', [CompletionResultType]::ParameterValue, 'Delete a message for everyone. Its text is erased; this can''t be undone')
            [CompletionResult]::new('pin', 'pin', [CompletionResultType]::ParameterValue, 'Pin a message in its room, or unpin it')
            [CompletionResult]::new('tail', 'tail', [CompletionResultType]::ParameterValue, 'Show the latest messages in a room')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the connection and queued messages')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find out what''s wrong with the connection, step by step')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing;join' {
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Your name in the space; not needed with a device link')
            [CompletionResult]::new('--device', '--device', [CompletionResultType]::ParameterName, 'Name of this device in your list of devices [default: this computer''s name]')
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;link' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;rooms' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;room' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a room and show it')
            [CompletionResult]::new('browse', 'browse', [CompletionResultType]::ParameterValue, 'List the rooms you can join')
            [CompletionResult]::new('join', 'join', [CompletionResultType]::ParameterValue, 'Join a room that anyone in the space can join')
            [CompletionResult]::new('leave', 'leave', [CompletionResultType]::ParameterValue, 'Leave a room')
            [CompletionResult]::new('members', 'members', [CompletionResultType]::ParameterValue, 'List the people in one of your rooms')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add people to one of your rooms')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing;room;create' {
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'What the room is for')
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--private', '--private', [CompletionResultType]::ParameterName, 'Let in only people who are added')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;room;browse' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;room;join' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;room;leave' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;room;members' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;room;add' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;room;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a room and show it')
            [CompletionResult]::new('browse', 'browse', [CompletionResultType]::ParameterValue, 'List the rooms you can join')
            [CompletionResult]::new('join', 'join', [CompletionResultType]::ParameterValue, 'Join a room that anyone in the space can join')
            [CompletionResult]::new('leave', 'leave', [CompletionResultType]::ParameterValue, 'Leave a room')
            [CompletionResult]::new('members', 'members', [CompletionResultType]::ParameterValue, 'List the people in one of your rooms')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add people to one of your rooms')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing;room;help;create' {
            break
        }
        'homing;room;help;browse' {
            break
        }
        'homing;room;help;join' {
            break
        }
        'homing;room;help;leave' {
            break
        }
        'homing;room;help;members' {
            break
        }
        'homing;room;help;add' {
            break
        }
        'homing;room;help;help' {
            break
        }
        'homing;people' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;send' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'Send each line of standard input as a separate message')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;reply' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;edit' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;react' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--remove', '--remove', [CompletionResultType]::ParameterName, 'Remove your reaction')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;delete' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;redact' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;pin' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--remove', '--remove', [CompletionResultType]::ParameterName, 'Unpin the message')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;tail' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Number of messages')
            [CompletionResult]::new('--number', '--number', [CompletionResultType]::ParameterName, 'Number of messages')
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Keep showing new messages, and changes of the latest ones')
            [CompletionResult]::new('--follow', '--follow', [CompletionResultType]::ParameterName, 'Keep showing new messages, and changes of the latest ones')
            [CompletionResult]::new('--numbers', '--numbers', [CompletionResultType]::ParameterName, 'Show the number of each message, for `reply`, `edit`, `react`, `delete` and `pin`')
            [CompletionResult]::new('--utc', '--utc', [CompletionResultType]::ParameterName, 'Show times in UTC instead of local time. In JSON they are milliseconds since 1970')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;status' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;doctor' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Space to use, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for computers without one')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder for spaces and queued messages [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for the server')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else from the system]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, in addition to the system''s')
            [CompletionResult]::new('--mask', '--mask', [CompletionResultType]::ParameterName, 'Hide the server''s address, for a report that others will read')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one value per line, instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;help' {
            [CompletionResult]::new('join', 'join', [CompletionResultType]::ParameterValue, 'Join a space with a join link, or sign in to it with a device link')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Link another device: show a link and a QR code that sign it in as you')
            [CompletionResult]::new('rooms', 'rooms', [CompletionResultType]::ParameterValue, 'List your rooms')
            [CompletionResult]::new('room', 'room', [CompletionResultType]::ParameterValue, 'Create, browse, join and leave rooms, list their members and add people')
            [CompletionResult]::new('people', 'people', [CompletionResultType]::ParameterValue, 'List the people in the space')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send a message; while you''re offline it is queued')
            [CompletionResult]::new('reply', 'reply', [CompletionResultType]::ParameterValue, 'Reply to a message')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Edit a message you sent')
            [CompletionResult]::new('react', 'react', [CompletionResultType]::ParameterValue, 'React to a message with an emoji, or remove your reaction')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a message for everyone. Its text is erased; this can''t be undone')
            [CompletionResult]::new('pin', 'pin', [CompletionResultType]::ParameterValue, 'Pin a message in its room, or unpin it')
            [CompletionResult]::new('tail', 'tail', [CompletionResultType]::ParameterValue, 'Show the latest messages in a room')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the connection and queued messages')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find out what''s wrong with the connection, step by step')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing;help;join' {
            break
        }
        'homing;help;link' {
            break
        }
        'homing;help;rooms' {
            break
        }
        'homing;help;room' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a room and show it')
            [CompletionResult]::new('browse', 'browse', [CompletionResultType]::ParameterValue, 'List the rooms you can join')
            [CompletionResult]::new('join', 'join', [CompletionResultType]::ParameterValue, 'Join a room that anyone in the space can join')
            [CompletionResult]::new('leave', 'leave', [CompletionResultType]::ParameterValue, 'Leave a room')
            [CompletionResult]::new('members', 'members', [CompletionResultType]::ParameterValue, 'List the people in one of your rooms')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add people to one of your rooms')
            break
        }
        'homing;help;room;create' {
            break
        }
        'homing;help;room;browse' {
            break
        }
        'homing;help;room;join' {
            break
        }
        'homing;help;room;leave' {
            break
        }
        'homing;help;room;members' {
            break
        }
        'homing;help;room;add' {
            break
        }
        'homing;help;people' {
            break
        }
        'homing;help;send' {
            break
        }
        'homing;help;reply' {
            break
        }
        'homing;help;edit' {
            break
        }
        'homing;help;react' {
            break
        }
        'homing;help;delete' {
            break
        }
        'homing;help;pin' {
            break
        }
        'homing;help;tail' {
            break
        }
        'homing;help;status' {
            break
        }
        'homing;help;doctor' {
            break
        }
        'homing;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
