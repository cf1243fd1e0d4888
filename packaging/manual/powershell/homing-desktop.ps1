using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'homing-desktop' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'homing-desktop'
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
        'homing-desktop' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Run a separate copy with its own spaces and settings')
            [CompletionResult]::new('--window-kept', '--window-kept', [CompletionResultType]::ParameterName, 'Seconds to keep a window that was closed to the tray before its memory is freed')
            [CompletionResult]::new('--quit', '--quit', [CompletionResultType]::ParameterName, 'Quit the running copy of this profile, if there is one')
            [CompletionResult]::new('--hidden', '--hidden', [CompletionResultType]::ParameterName, 'Start in the tray, without a window')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
