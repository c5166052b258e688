package dev.mgit.bench.cascade;

import dev.mgit.lineage.version.EdgeKind;
import java.util.List;

/**
 * One run of the digits program.
 *
 * @param models the model it makes, or several that it makes together
 * @param kind how they derive from all parents
 * @param arguments of the program, its command first
 */
record Training(List<String> models, List<String> parents, EdgeKind kind, List<String> arguments) {
    static Training root(String model, String... arguments) {
        return new Training(List.of(model), List.of(), EdgeKind.OTHER, List.of(arguments));
    }

    static Training from(String parent, EdgeKind kind, String model, String... arguments) {
        return new Training(List.of(model), List.of(parent), kind, List.of(arguments));
    }
}
