package dev.mgit.lineage.remote;

import dev.mgit.lineage.git.GitExchange;
import java.io.IOException;
import java.util.Collection;

/** Takes Git objects that are missing or damaged here from the lineage of a remote. */
public final class LineageHealing {
    private LineageHealing() {}

    /**
     * The caller holds the writer lock.
     *
     * @param lost ids of Git objects
     * @return how many objects were taken over, with what they lead to
     */
    public static int run(Exchange exchange, Remote remote, Collection<String> lost) throws IOException {
        try (LineageCopy copy = LineageCopy.fetch(exchange, remote.address());
                GitExchange here = exchange.repository().exchange()) {
            return here.takeOver(copy.lineage(), lost);
        }
    }
}
