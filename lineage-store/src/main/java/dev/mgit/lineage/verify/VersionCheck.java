package dev.mgit.lineage.verify;

import dev.mgit.lineage.git.StoredVersion;
import java.util.List;

/** Holds what one place says of a version against what another says. */
public interface VersionCheck {
    /** One clause for each thing that disagrees; empty where all agree. */
    List<String> of(StoredVersion version);
}
