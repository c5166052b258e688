package dev.mgit.cli;

import java.io.IOException;
import java.util.List;

/** What somebody does with something that was damaged without their knowing. */
interface Trial {
    /** How a fault ended. */
    enum Outcome {
        /** Nobody noticed, and nothing needed to. */
        HARMLESS,
        /** Something said so, and all versions were readable throughout. */
        NAMED,
        /** Some version could not be read, and could after the repair. */
        REPAIRED,
        /** Some version cannot be read any more, and the check says which. */
        LOST
    }

    Outcome run() throws IOException;

    /** What is not as it was promised, a sentence each. */
    List<String> wrong();
}
