package dev.mgit.hooks.cascade;

import dev.mgit.hooks.modeltest.TestResult;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A new version that units start from: it passes the gates before they do. */
final class NewBase {
    final VersionId version;
    /** {@code PLANNED}, {@code PASSED} or {@code FAILED}. */
    CascadeState.Unit state = CascadeState.Unit.PLANNED;

    final List<TestResult> results = new ArrayList<>();
    String detail = "";

    NewBase(VersionId version) {
        this.version = version;
    }

    /** The states a journal may name next. */
    static Set<CascadeState.Unit> next(CascadeState.Unit state) {
        return switch (state) {
            case PLANNED -> EnumSet.of(CascadeState.Unit.PASSED, CascadeState.Unit.FAILED);
            case FAILED -> EnumSet.of(CascadeState.Unit.PLANNED);
            default -> EnumSet.noneOf(CascadeState.Unit.class);
        };
    }
}
