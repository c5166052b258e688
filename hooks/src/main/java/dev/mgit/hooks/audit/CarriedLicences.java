package dev.mgit.hooks.audit;

import dev.mgit.hooks.audit.Licensing.Origin;
import dev.mgit.hooks.licence.LicenceExpression;
import dev.mgit.hooks.licence.Obligation;
import dev.mgit.lineage.query.AuditReport.Entry;
import dev.mgit.lineage.query.AuditReport.Finding;
import dev.mgit.lineage.query.AuditReport.Gap;
import dev.mgit.lineage.query.AuditReport.Parent;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Carries what licences of models and of data ask along the edges, from the roots down. A version whose licence drops an
 * obligation is in conflict with where it comes from; what was made from that version is not told again.
 */
final class CarriedLicences {
    /** What the owner of a model may ask of one version and not of the next. */
    private static final Set<Obligation> OWNERS_CHOICE = EnumSet.of(Obligation.SHARE_ALIKE, Obligation.NO_DERIVATIVES);

    /**
     * What the licence of data asks of a model made with it. Whether such a model is a changed form of the data, as the
     * other obligations want to know, no licence says.
     */
    private static final Set<Obligation> OF_DATA =
            EnumSet.of(Obligation.ATTRIBUTION, Obligation.NON_COMMERCIAL, Obligation.USE_RESTRICTIONS);

    private final Function<VersionId, List<DataFact>> data;
    private final Map<VersionId, Licensing> licensing = new HashMap<>();
    /** What has been dropped on the way to a version, and told. */
    private final Map<VersionId, Map<Obligation, Origin>> told = new HashMap<>();

    private final Map<VersionId, List<Finding>> conflicts = new HashMap<>();

    /**
     * @param entries children before parents
     * @param data that a version was made with
     */
    CarriedLicences(List<Entry> entries, Function<VersionId, List<DataFact>> data) {
        this.data = data;
        for (int i = entries.size() - 1; i >= 0; i--) {
            add(entries.get(i));
        }
    }

    Licensing of(VersionId version) {
        return licensing.getOrDefault(version, Licensing.NONE);
    }

    List<Finding> conflicts(VersionId version) {
        return conflicts.getOrDefault(version, List.of());
    }

    private void add(Entry entry) {
        Optional<LicenceExpression> own = entry.licence().map(licence -> LicenceExpression.read(licence.name()));
        Map<Obligation, Origin> inherited = new EnumMap<>(Obligation.class);
        Map<Obligation, Origin> known = new EnumMap<>(Obligation.class);
        for (Parent parent : entry.parents()) {
            passedOn(parent, inherited);
            known.putAll(told.getOrDefault(parent.version(), Map.of()));
        }
        if (entry.present()) {
            data.apply(entry.version()).forEach(one -> asked(entry, one, inherited));
        }
        licensing.put(entry.version(), new Licensing(own, inherited));
        List<Finding> found = new ArrayList<>();
        inherited.forEach((obligation, origin) -> {
            if (!origin.equals(known.get(obligation)) && breaks(entry, own, obligation, origin)) {
                known.put(obligation, origin);
                found.add(new Finding(Gap.LICENCE_CONFLICT, entry.version(), sentence(own, obligation, origin)));
            }
        });
        told.put(entry.version(), known);
        conflicts.put(entry.version(), found);
    }

    /** What a parent's own licence asks, and what it had to keep itself. */
    private void passedOn(Parent parent, Map<Obligation, Origin> inherited) {
        Licensing above = of(parent.version());
        String name = parent.model() + "@" + parent.version().abbreviated();
        above.own()
                .ifPresent(licence -> licence.obligations().stream()
                        .filter(obligation -> parent.kind().isPresent() || !OWNERS_CHOICE.contains(obligation))
                        .forEach(obligation ->
                                inherited.putIfAbsent(obligation, new Origin(parent.version(), name, licence))));
        above.inherited().forEach(inherited::putIfAbsent);
    }

    private static void asked(Entry entry, DataFact data, Map<Obligation, Origin> inherited) {
        String name = "data '" + data.name() + "' of " + entry.model() + "@"
                + entry.version().abbreviated();
        data.licence()
                .map(LicenceExpression::read)
                .ifPresent(licence -> licence.obligations().stream()
                        .filter(OF_DATA::contains)
                        .forEach(obligation ->
                                inherited.putIfAbsent(obligation, new Origin(entry.version(), name, licence))));
    }

    private static boolean breaks(Entry entry, Optional<LicenceExpression> own, Obligation obligation, Origin origin) {
        if (obligation == Obligation.NO_DERIVATIVES) {
            return entry.parents().stream().anyMatch(CarriedLicences::changesWeights);
        }
        if (own.isEmpty() || !own.get().isKnown() || obligation == Obligation.ATTRIBUTION) {
            return false;
        }
        return obligation == Obligation.SHARE_ALIKE
                ? origin.licence().ids().stream().noneMatch(own.get()::names)
                : !own.get().obligations().contains(obligation);
    }

    private static boolean changesWeights(Parent parent) {
        return parent.kind().filter(kind -> kind != EdgeKind.COPY).isPresent();
    }

    private static String sentence(Optional<LicenceExpression> licence, Obligation obligation, Origin origin) {
        String own = licence.map(LicenceExpression::text).orElse("");
        String from = origin.name() + ", which is under " + origin.licence().text();
        return switch (obligation) {
            case NON_COMMERCIAL -> own + " allows commercial use, but it is made from " + from;
            case USE_RESTRICTIONS -> own + " does not pass on the use restrictions of " + from;
            case SHARE_ALIKE -> own + " is not the license of " + from + ", and has to be";
            case NO_DERIVATIVES -> "it is a changed form of " + from + ", so it may not be passed on";
            case ATTRIBUTION -> throw new IllegalArgumentException("attribution is kept by any licence");
        };
    }
}
