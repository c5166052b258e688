#!/bin/sh
# mgit's jobs under PBS (OpenPBS, PBS Professional): one batch job each.
#
#   for what in submit look find end; do
#     mgit config --global executor.command.$what "sh /path/to/pbs.sh $what"
#   done
#   mgit config --global executor.command.queues true
#   mgit config --global executor.name command
#
# Further arguments of qsub: PBS_ARGUMENTS="-q gpu -A project". The repository's folder must be on a file system that the
# nodes share.
set -eu

# The id of the job of this name, unless it is over.
running() {
    found=$(qselect -N "$MGIT_JOB_NAME" -u "${USER:-$(id -un)}") || return 1
    printf '%s\n' "$found" | head -n 1
}

# A JSON string of what is read: one line, without what would have to be escaped.
text() {
    tr '\n\t' '  ' | tr -d '\\"\000-\037' | sed 's/ *$//'
}

submit() {
    id=$(running)
    if [ -z "$id" ]; then
        select="select=1:ncpus=${MGIT_JOB_CPUS:-1}"
        [ -z "${MGIT_JOB_GPUS:-}" ] || select="$select:ngpus=$MGIT_JOB_GPUS"
        [ -z "${MGIT_JOB_MEMORY:-}" ] || select="$select:mem=${MGIT_JOB_MEMORY}b"
        set -- -N "$MGIT_JOB_NAME" -j oe -o "$MGIT_JOB_FOLDER/pbs.log" -l "$select"
        [ -z "${MGIT_JOB_SECONDS:-}" ] || set -- "$@" -l "walltime=$MGIT_JOB_SECONDS"
        [ -z "${MGIT_JOB_AFTER:-}" ] || set -- "$@" -W "depend=afterok:$(echo "$MGIT_JOB_AFTER" | tr ' ' ':')"
        # shellcheck disable=SC2086
        id=$(qsub "$@" ${PBS_ARGUMENTS:-} "$MGIT_JOB_SCRIPT")
    fi
    printf '{"id": "%s"}\n' "$id"
}

look() {
    if ! said=$(qstat -x -f "$MGIT_JOB_ID" 2>&1); then
        case $said in
            *"Unknown Job"*) echo '{"state": "ended", "detail": "PBS does not know the job"}' ;;
            *) echo "$said" >&2; exit 1 ;;
        esac
        return
    fi
    letter=$(printf '%s\n' "$said" | sed -n 's/^ *job_state = //p')
    comment=$(printf '%s\n' "$said" | sed -n 's/^ *comment = //p' | text)
    case $letter in
        Q | H | W | T) state=waiting ;;
        F | X | M) state=ended ;;
        *) state=running ;;
    esac
    printf '{"state": "%s", "detail": "PBS job %s %s %s"}\n' "$state" "$MGIT_JOB_ID" "$letter" "$comment"
}

find() {
    id=$(running)
    if [ -n "$id" ]; then printf '{"id": "%s"}\n' "$id"; else echo '{}'; fi
}

end() {
    id=${MGIT_JOB_ID:-$(running)}
    [ -z "$id" ] || qdel "$id"
}

"$1"
