# Completes mgit's commands, options, models, tags, kinds and settings in fish.
# Load it by: mgit completion fish | source, or as ~/.config/fish/completions/mgit.fish
function __mgit_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] __complete -- $words[2..-1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c mgit --no-files -a '(__mgit_complete)'
