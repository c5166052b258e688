package dev.mgit.lineage.remote;

import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.git.GitRemote;
import dev.mgit.lineage.git.RemoteAddress;
import dev.mgit.lineage.repository.DurableFiles;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/** The lineage of a remote in a folder of its own, for as long as somebody looks into it. */
final class LineageCopy implements AutoCloseable {
    private final Path folder;
    private final GitExchange lineage;
    private final Collection<VersionId> tips;

    private LineageCopy(Path folder, GitExchange lineage, Collection<VersionId> tips) {
        this.folder = folder;
        this.lineage = lineage;
        this.tips = tips;
    }

    /** Fetches all that references there lead to. */
    static LineageCopy fetch(Exchange exchange, RemoteAddress address) throws IOException {
        Path folder = Files.createTempDirectory("mgit-lineage-");
        boolean done = false;
        try {
            Path git = folder.resolve("lineage.git");
            GitLineage.create(git);
            GitExchange copy = GitExchange.open(git, folder.resolve("operations"), exchange.notice());
            try (GitRemote there = copy.remote(address, exchange.environment(), exchange.notice())) {
                Collection<VersionId> tips = there.references().values();
                there.fetch(tips);
                done = true;
                return new LineageCopy(folder, copy, tips);
            } finally {
                if (!done) {
                    copy.close();
                }
            }
        } finally {
            if (!done) {
                DurableFiles.deleteTree(folder);
            }
        }
    }

    GitExchange lineage() {
        return lineage;
    }

    /** Where references were. */
    Collection<VersionId> tips() {
        return tips;
    }

    @Override
    public void close() throws IOException {
        lineage.close();
        DurableFiles.deleteTree(folder);
    }
}
