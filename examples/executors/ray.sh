#!/bin/sh
# mgit's jobs on a Ray cluster, by the command line of Ray's job server (pip install "ray[default]").
#
#   for what in submit look find end; do
#     mgit config --global executor.command.$what "RAY_ADDRESS=http://head:8265 sh /path/to/ray.sh $what"
#   done
#   mgit config --global executor.name command
#
# A job's submission id is mgit's name for it, so submitting twice and finding again need nothing else. The repository's
# folder must be on a file system that the cluster's machines share.
set -eu

# PENDING, RUNNING, STOPPED, SUCCEEDED or FAILED; nothing if Ray knows no such job; fails if Ray does not answer.
state() {
    if said=$(ray job status "$1" 2>&1); then
        printf '%s\n' "$said" | tr -c 'A-Z\n' '\n' | grep -x -m 1 'PENDING\|RUNNING\|STOPPED\|SUCCEEDED\|FAILED'
    else
        case $said in
            *"does not exist"*) ;;
            *) printf '%s\n' "$said" >&2; return 1 ;;
        esac
    fi
}

submit() {
    known=$(state "$MGIT_JOB_NAME")
    if [ -z "$known" ]; then
        set -- --no-wait --submission-id "$MGIT_JOB_NAME"
        [ -z "${MGIT_JOB_CPUS:-}" ] || set -- "$@" --entrypoint-num-cpus "$MGIT_JOB_CPUS"
        [ -z "${MGIT_JOB_GPUS:-}" ] || set -- "$@" --entrypoint-num-gpus "$MGIT_JOB_GPUS"
        [ -z "${MGIT_JOB_MEMORY:-}" ] || set -- "$@" --entrypoint-memory "$MGIT_JOB_MEMORY"
        ray job submit "$@" -- /bin/sh "$MGIT_JOB_SCRIPT" >&2
    fi
    printf '{"id": "%s"}\n' "$MGIT_JOB_NAME"
}

look() {
    known=$(state "$MGIT_JOB_ID")
    case $known in
        PENDING) echo '{"state": "waiting", "detail": "Ray job pending"}' ;;
        RUNNING) echo '{"state": "running", "detail": "Ray job running"}' ;;
        *) printf '{"state": "ended", "detail": "Ray job %s"}\n' "${known:-unknown}" ;;
    esac
}

find() {
    known=$(state "$MGIT_JOB_NAME")
    if [ -n "$known" ]; then printf '{"id": "%s"}\n' "$MGIT_JOB_NAME"; else echo '{}'; fi
}

end() {
    known=$(state "$MGIT_JOB_NAME")
    case $known in
        PENDING | RUNNING) ray job stop --no-wait "$MGIT_JOB_NAME" >&2 ;;
    esac
}

"$1"
