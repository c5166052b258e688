package dev.mgit.hooks.audit;

import dev.mgit.hooks.licence.LicenceExpression;
import dev.mgit.hooks.licence.Obligation;
import dev.mgit.lineage.version.VersionId;
import java.util.Map;
import java.util.Optional;

/**
 * The licence of a version, and what comes down to it from those it was made from.
 *
 * @param own empty where none is recorded
 * @param inherited what licences of ancestors and of data ask of it, each with the nearest that does
 */
public record Licensing(Optional<LicenceExpression> own, Map<Obligation, Origin> inherited) {
    public static final Licensing NONE = new Licensing(Optional.empty(), Map.of());

    /** The version that an obligation comes from, or the data it was made with, and the licence that asks it. */
    public record Origin(VersionId version, String name, LicenceExpression licence) {}
}
