package dev.mgit.hooks.executor;

/**
 * How a job stands.
 *
 * @param exitCode of an {@link State#EXITED} job; 128 + n if signal n ended it
 * @param detail a few words for people
 */
public record JobStatus(State state, int exitCode, String detail) {
    /** The states of a job. */
    public enum State {
        /** Accepted, not started yet. */
        WAITING,
        RUNNING,
        EXITED,
        /** Killed because its time was over. */
        TIMED_OUT,
        CANCELLED,
        /** Gone without an exit code: never started, or its machine or its queue ended it. */
        LOST
    }

    public boolean over() {
        return state != State.WAITING && state != State.RUNNING;
    }

    public boolean ok() {
        return state == State.EXITED && exitCode == 0;
    }

    /** How a check ended that ran in this process. */
    public static JobStatus checked(boolean good, String detail) {
        return new JobStatus(State.EXITED, good ? 0 : 1, detail);
    }

    /** What became of a job whose end somebody else has seen. */
    public static JobStatus exitCode(int code) {
        return exited(code);
    }

    public static JobStatus timedOut() {
        return of(State.TIMED_OUT, "timed out");
    }

    static JobStatus of(State state, String detail) {
        return new JobStatus(state, -1, detail);
    }

    static JobStatus exited(int code) {
        String detail = code > 128 ? "killed by signal " + (code - 128) : "exit code " + code;
        return new JobStatus(State.EXITED, code, detail);
    }
}
