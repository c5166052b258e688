#compdef mgit
# Completes mgit's commands, options, models, tags, kinds and settings in zsh.
# Load it by: source <(mgit completion zsh), or as a file _mgit in a folder of $fpath.
_mgit() {
  local line
  local -a candidates descriptions
  while IFS= read -r line; do
    candidates+=("${line%%$'\t'*}")
    descriptions+=("${line/$'\t'/  -- }")
  done < <("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( $#candidates )); then
    compadd -l -d descriptions -a candidates
  else
    _files
  fi
}
if [[ ${funcstack[1]-} == _mgit ]]; then
  _mgit "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _mgit mgit
fi
