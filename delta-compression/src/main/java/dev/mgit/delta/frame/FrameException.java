package dev.mgit.delta.frame;

import dev.mgit.delta.MgitException;

/** A stored block that cannot be read. Says which of three things is wrong with it; the kind is always INTEGRITY. */
public final class FrameException extends MgitException {
    /** Why a frame was refused. */
    public enum Refusal {
        /** Its bytes are damaged, or were never a frame. */
        CORRUPT,
        /** It was written by a version of mgit this one no longer reads. */
        TOO_OLD,
        /** It was written by a later version of mgit. */
        TOO_NEW
    }

    private final Refusal refusal;

    private FrameException(Refusal refusal, String message, String hint) {
        super(Kind.INTEGRITY, message, hint);
        this.refusal = refusal;
    }

    static FrameException corrupt(String what) {
        return new FrameException(
                Refusal.CORRUPT,
                "a stored block is damaged: " + what,
                "mgit fsck names the versions it touches and repairs it from a remote that has it");
    }

    static FrameException tooOld(int found) {
        return new FrameException(
                Refusal.TOO_OLD,
                "a stored block has frame version " + found + "; the oldest version this mgit reads is "
                        + Frame.MIN_VERSION,
                "repack the store with the mgit that wrote it");
    }

    static FrameException tooNew(int found) {
        return new FrameException(
                Refusal.TOO_NEW,
                "a stored block has frame version " + found + "; the newest version this mgit reads is "
                        + Frame.VERSION,
                "update mgit");
    }

    public Refusal refusal() {
        return refusal;
    }
}
