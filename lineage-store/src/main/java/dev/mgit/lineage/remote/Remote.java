package dev.mgit.lineage.remote;

import dev.mgit.lineage.git.RemoteAddress;
import dev.mgit.lineage.version.Glob;
import java.util.List;
import java.util.Optional;

/**
 * A lineage elsewhere that has a name here.
 *
 * @param address of its Git repository
 * @param store address of the store of its parameters; empty if none is known
 * @param lineageOnly whether parameters come only when a command needs them
 * @param filter globs of the models whose parameters come with a fetch; empty is all
 */
public record Remote(
        String name, RemoteAddress address, Optional<String> store, boolean lineageOnly, List<String> filter) {
    public Remote {
        filter = List.copyOf(filter);
    }

    /** Whether a fetch brings the parameters of a model. */
    boolean brings(String model) {
        return !lineageOnly && (filter.isEmpty() || filter.stream().anyMatch(glob -> new Glob(glob).test(model)));
    }

    /** Whether versions may be here whose parameters are not. */
    public boolean isPartial() {
        return lineageOnly || !filter.isEmpty() || store.isEmpty();
    }

    Remote withStore(String found) {
        return new Remote(name, address, Optional.of(found), lineageOnly, filter);
    }
}
