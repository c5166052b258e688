package dev.mgit.lineage.remote;

import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.NoteMerger;
import dev.mgit.lineage.version.Person;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What fetch, pull and push are made with.
 *
 * @param environment of the user, for the programs that Git's protocols need
 * @param locks takes the writer lock for what the given words say
 * @param notice told, in one sentence, what the user should know
 * @param mergers by namespace: how notes that both sides changed are joined
 * @param progress told how transfers of parameters go on
 */
public record Exchange(
        Repository repository,
        Map<String, String> environment,
        Person author,
        Locks locks,
        Consumer<String> notice,
        Map<String, NoteMerger> mergers,
        CopyProgress progress) {
    /** Takes the writer lock. */
    @FunctionalInterface
    public interface Locks {
        WriterLock take(String what) throws IOException;

        /** The same for a command that has changed something: it waits a while in any case, and does not end half done. */
        default WriterLock takeToGoOn(String what) throws IOException {
            return take(what);
        }
    }

    NoteMerger merger(String namespace) {
        return mergers.getOrDefault(namespace, NoteMerger.none());
    }
}
