package dev.mgit.hooks;

import java.util.Optional;

/** Told of what happens during long work. Called from several threads; must not block for long. */
@FunctionalInterface
public interface JobProgress {
    JobProgress NONE = event -> {};

    /** What happened. */
    enum Kind {
        /** A unit of work began; {@code detail} is how it runs. */
        STARTED,
        /** A command ended well and its output is stored. */
        MADE,
        /** A test has a result; {@code detail} is its verdict. */
        TESTED,
        /** A unit of work is through, gates and all. */
        PASSED,
        /** A unit of work failed; {@code detail} says why. */
        FAILED,
        /** A unit of work will not run; {@code detail} says why. */
        SKIPPED,
        /** Files that a command made were not stored and stay where they are; {@code detail} is their folder. */
        KEPT,
        /** Everything that passed is visible. */
        PUBLISHED
    }

    /**
     * One step.
     *
     * @param subject the model or models it is about
     */
    record Event(Kind kind, String subject, String detail, Optional<String> test) {}

    void on(Event event);

    default void on(Kind kind, String subject, String detail) {
        on(new Event(kind, subject, detail, Optional.empty()));
    }
}
