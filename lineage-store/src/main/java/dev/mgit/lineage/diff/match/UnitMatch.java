package dev.mgit.lineage.diff.match;

import java.util.Optional;

/** How a unit of one side stands to the other side. At least one of the two is there. */
public record UnitMatch(Optional<Unit> a, Optional<Unit> b, Kind kind) {
    public enum Kind {
        /** In both, in the same order. */
        KEPT,
        /** In both by its content, but in another place of the order. */
        MOVED,
        /** Another unit of the same structure stands where it stood. */
        REPLACED,
        INSERTED,
        DROPPED
    }

    static UnitMatch of(Unit a, Unit b, Kind kind) {
        return new UnitMatch(Optional.of(a), Optional.of(b), kind);
    }

    static UnitMatch dropped(Unit a) {
        return new UnitMatch(Optional.of(a), Optional.empty(), Kind.DROPPED);
    }

    static UnitMatch inserted(Unit b) {
        return new UnitMatch(Optional.empty(), Optional.of(b), Kind.INSERTED);
    }
}
