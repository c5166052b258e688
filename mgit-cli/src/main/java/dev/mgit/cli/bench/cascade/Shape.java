package dev.mgit.cli.bench.cascade;

import java.util.List;
import java.util.Optional;

/** A graph to build, improve at the root, and update. */
interface Shape {
    /** {@code g2}: the name the paper gives it. */
    String name();

    String title();

    /** Trainings of the first versions of all roots. */
    List<Training> roots();

    /** Everything below the roots: waves of trainings, those of one wave independent of each other. */
    List<List<Training>> waves();

    /** Trainings of the roots' better versions. */
    List<Training> better();

    /** The models whose versions before and after the cascade are compared. */
    List<String> judged();

    /** Cells no worse than before of all cells, as the paper's code has them. */
    default Optional<String> paper() {
        return Optional.empty();
    }
}
