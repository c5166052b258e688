# Completes mgit's commands, options, models, tags, kinds and settings in bash.
# Load it by: source <(mgit completion bash)
_mgit() {
  local line=${COMP_LINE:0:COMP_POINT} words current before candidate
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  current=${words[${#words[@]} - 1]}
  # bash replaces only what follows the last of its word breaks
  before=${current%"${current##*[:=]}"}
  COMPREPLY=()
  while IFS=$'\t' read -r candidate _; do
    COMPREPLY+=("$(printf %q "${candidate#"$before"}")")
  done < <("${words[0]}" __complete -- "${words[@]:1}" 2>/dev/null)
}
complete -F _mgit -o bashdefault -o default mgit
