package dev.mgit.lineage.repository;

import dev.mgit.lineage.version.Lineage;
import java.nio.file.Path;

/** One mgit repository. Opens its parts only when they are needed. Not thread-safe except where said. */
public interface Repository extends AutoCloseable {
    /** The folder that holds {@code .mgit}. */
    Path root();

    /** The lineage graph; opening it never opens the parameter store. */
    Lineage lineage();

    @Override
    void close();
}
