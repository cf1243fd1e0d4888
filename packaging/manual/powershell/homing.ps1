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
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Which space, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for machines that have none')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Where spaces and queued messages are kept [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the server, in seconds')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Reach servers through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: as the environment (https_proxy, all_proxy, no_proxy), else the system says]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, beside the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON value a line instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('join', 'join', [CompletionResultType]::ParameterValue, 'Join a space with an invitation, or bring this device along with a device link')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Show a link and a QR code by which another device of yours comes in')
            [CompletionResult]::new('rooms', 'rooms', [CompletionResultType]::ParameterValue, 'List your rooms')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send a message; without a network it is queued')
            [CompletionResult]::new('tail', 'tail', [CompletionResultType]::ParameterValue, 'Show the last messages of a room')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say how the connection stands and what is queued')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Look for what is wrong with the connection, step by step')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'homing;join' {
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Your name there; a device link needs none')
            [CompletionResult]::new('--device', '--device', [CompletionResultType]::ParameterName, 'What to call this device in the list of devices [default: this computer''s name]')
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Which space, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for machines that have none')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Where spaces and queued messages are kept [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the server, in seconds')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Reach servers through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: as the environment (https_proxy, all_proxy, no_proxy), else the system says]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, beside the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON value a line instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;link' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Which space, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for machines that have none')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Where spaces and queued messages are kept [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the server, in seconds')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Reach servers through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: as the environment (https_proxy, all_proxy, no_proxy), else the system says]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, beside the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON value a line instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;rooms' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Which space, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for machines that have none')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Where spaces and queued messages are kept [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the server, in seconds')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Reach servers through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: as the environment (https_proxy, all_proxy, no_proxy), else the system says]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, beside the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON value a line instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;send' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Which space, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for machines that have none')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Where spaces and queued messages are kept [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the server, in seconds')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Reach servers through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: as the environment (https_proxy, all_proxy, no_proxy), else the system says]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, beside the system''s')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'Send each line of standard input as a message of its own')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON value a line instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;tail' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'How many messages')
            [CompletionResult]::new('--number', '--number', [CompletionResultType]::ParameterName, 'How many messages')
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Which space, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for machines that have none')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Where spaces and queued messages are kept [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the server, in seconds')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Reach servers through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: as the environment (https_proxy, all_proxy, no_proxy), else the system says]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, beside the system''s')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Stay, and show what is written from now on')
            [CompletionResult]::new('--follow', '--follow', [CompletionResultType]::ParameterName, 'Stay, and show what is written from now on')
            [CompletionResult]::new('--utc', '--utc', [CompletionResultType]::ParameterName, 'Times in UTC; otherwise they are this machine''s own. In JSON they are milliseconds since 1970')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON value a line instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;status' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Which space, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for machines that have none')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Where spaces and queued messages are kept [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the server, in seconds')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Reach servers through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: as the environment (https_proxy, all_proxy, no_proxy), else the system says]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, beside the system''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON value a line instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;doctor' {
            [CompletionResult]::new('--space', '--space', [CompletionResultType]::ParameterName, 'Which space, by name, if this device is in several')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Keep the token in this file instead of the keyring; only for machines that have none')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Where spaces and queued messages are kept [default: the system''s folder for such data]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the server, in seconds')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Reach servers through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080; `none` for no proxy [default: as the environment (https_proxy, all_proxy, no_proxy), else the system says]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file, beside the system''s')
            [CompletionResult]::new('--mask', '--mask', [CompletionResultType]::ParameterName, 'Leave out where the server is: for a report that others will read')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON value a line instead of text')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'homing;help' {
            [CompletionResult]::new('join', 'join', [CompletionResultType]::ParameterValue, 'Join a space with an invitation, or bring this device along with a device link')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Show a link and a QR code by which another device of yours comes in')
            [CompletionResult]::new('rooms', 'rooms', [CompletionResultType]::ParameterValue, 'List your rooms')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send a message; without a network it is queued')
            [CompletionResult]::new('tail', 'tail', [CompletionResultType]::ParameterValue, 'Show the last messages of a room')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say how the connection stands and what is queued')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Look for what is wrong with the connection, step by step')
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
        'homing;help;send' {
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
