package dev.mgit.lineage.git;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Passes each warning on once. */
final class Warnings implements Consumer<String> {
    private final Consumer<String> target;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    Warnings(Consumer<String> target) {
        this.target = target;
    }

    @Override
    public void accept(String warning) {
        if (said.add(warning)) {
            target.accept(warning);
        }
    }
}
