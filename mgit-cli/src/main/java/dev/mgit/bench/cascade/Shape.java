package dev.mgit.bench.cascade;

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

    /** What the paper's code found after its cascade over its graph of this shape. */
    record Paper(int cells, int noWorse, int better) {}

    /** Empty where the paper has no cascade over this shape. */
    default Optional<Paper> paper() {
        return Optional.empty();
    }
}
