package dev.mgit.cli;

import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Manifest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Damage to what a repository has stored. */
final class DamagedBlock {
    private DamagedBlock() {}

    /** Puts the first block of a file's first tensor in place of the second. Returns where in the file that begins. */
    static int second(TestRepository repository, String model, String file) throws IOException {
        try (Repository opened = Repository.open(repository.root(), Cli.user());
                WriterLock lock = opened.lock("test", Duration.ofMinutes(1), notice -> {});
                ParameterStore store = opened.writableParameters(lock)) {
            Manifest manifest = opened.lineage().manifest(opened.lineage().resolve(model), file);
            Manifest.Entry tensor = manifest.entries().stream()
                    .filter(entry -> entry.tensor().isPresent())
                    .findFirst()
                    .orElseThrow();
            List<StoredObject.Block> blocks =
                    store.object(tensor.object()).orElseThrow().blocks();
            store.putBlock(blocks.get(1).id(), store.frame(blocks.get(0).id()).orElseThrow());
            store.flush();
            return (int) tensor.offset() + blocks.get(0).length();
        }
    }
}
