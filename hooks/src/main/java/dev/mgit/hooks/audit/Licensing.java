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
 * @param inherited what licences of its data and of ancestors and their data ask of it, each with the nearest that does
 */
public record Licensing(Optional<LicenceExpression> own, Map<Obligation, Origin> inherited) {
    public static final Licensing NONE = new Licensing(Optional.empty(), Map.of());

    /**
     * What an obligation comes from, and its licence.
     *
     * @param version the one whose licence it is, or that was made with the data
     * @param name of the version or the data
     * @param data whether it is the licence of data
     */
    public record Origin(VersionId version, String name, LicenceExpression licence, boolean data) {}
}
