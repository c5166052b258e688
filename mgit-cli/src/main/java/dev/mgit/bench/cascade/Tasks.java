package dev.mgit.bench.cascade;

import java.util.List;

/** What the digits program knows to be asked of a scan, and what it can do to one before. */
final class Tasks {
    static final List<String> TASKS =
            List.of("even", "large", "prime", "loop", "straight", "third", "quarter", "pair", "bars");

    static final List<String> CHANGES = List.of(
            "plain", "shifted", "lowered", "rotated", "slanted", "noisy", "speckled", "faint", "blurred", "torn");

    private Tasks() {}
}
