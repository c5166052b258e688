package dev.mgit.hooks.licence;

import dev.mgit.delta.MgitException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A licence expression as SPDX defines it (SPDX 3.0.1, annex B): identifiers with {@code AND}, {@code OR}, {@code WITH},
 * {@code +} and parentheses. Identifiers may be those of the Hugging Face Hub too, in any case.
 */
public sealed interface LicenceExpression {
    /** One licence. */
    record Licence(String id, boolean orLater) implements LicenceExpression {
        /** Its identifier in SPDX's list; empty if mgit knows of none. */
        public Optional<String> spdx() {
            return KnownLicences.spdx(id);
        }

        /** Of one that allows later versions too, the version it names; empty for any other. */
        Optional<Licence> earliest() {
            String name = id.replaceFirst("(?i)-or-later$", "");
            return orLater || !name.equals(id) ? Optional.of(new Licence(name, false)) : Optional.empty();
        }

        @Override
        public String text() {
            return spdx().orElse(id) + (orLater ? "+" : "");
        }
    }

    /** A licence with an exception from it. */
    record With(Licence licence, String exception) implements LicenceExpression {
        @Override
        public String text() {
            return licence.text() + " WITH " + exception;
        }
    }

    /** All of them hold. */
    record And(List<LicenceExpression> all) implements LicenceExpression {
        @Override
        public String text() {
            return all.stream()
                    .map(one -> one instanceof Or ? "(" + one.text() + ")" : one.text())
                    .collect(Collectors.joining(" AND "));
        }
    }

    /** Whoever uses the work chooses one. */
    record Or(List<LicenceExpression> any) implements LicenceExpression {
        @Override
        public String text() {
            return any.stream().map(LicenceExpression::text).collect(Collectors.joining(" OR "));
        }
    }

    /** The expression with SPDX's own identifiers where mgit knows them, and no more parentheses than it takes. */
    String text();

    /** @throws MgitException of kind USAGE if it is no expression */
    static LicenceExpression parse(String text) {
        return new LicenceParser(text).parse();
    }

    /** What is written where a licence is expected: an expression, or the whole of it as a licence's name. */
    static LicenceExpression read(String text) {
        try {
            return KnownLicences.named(text)
                    .<LicenceExpression>map(known -> new Licence(known.id(), false))
                    .orElseGet(() -> parse(text));
        } catch (MgitException e) {
            return new Licence(text.strip(), false);
        }
    }

    /** The licences it names, in order. */
    default List<String> ids() {
        List<String> ids = new ArrayList<>();
        collect(this, ids);
        return ids;
    }

    private static void collect(LicenceExpression expression, List<String> ids) {
        if (expression instanceof Licence licence) {
            ids.add(licence.id());
        } else if (expression instanceof With with) {
            ids.add(with.licence().id());
        } else if (expression instanceof And and) {
            and.all().forEach(one -> collect(one, ids));
        } else if (expression instanceof Or or) {
            or.any().forEach(one -> collect(one, ids));
        }
    }

    /** False if it names a licence whose obligations are not in the table. */
    default boolean isKnown() {
        return ids().stream().allMatch(id -> KnownLicences.of(id).isPresent());
    }

    /** True if every licence in it has an identifier in SPDX's list, as far as mgit knows. */
    default boolean isSpdx() {
        return ids().stream().allMatch(id -> KnownLicences.spdx(id).isPresent());
    }

    /** What it asks: of licences that hold together what any asks, of a choice only what each asks. */
    default Set<Obligation> obligations() {
        if (this instanceof And and) {
            return and.all().stream()
                    .flatMap(one -> one.obligations().stream())
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(Obligation.class)));
        }
        if (this instanceof Or or) {
            Set<Obligation> common = EnumSet.allOf(Obligation.class);
            or.any().forEach(one -> common.retainAll(one.obligations()));
            return common;
        }
        return KnownLicences.of(ids().get(0))
                .map(KnownLicences.Known::obligations)
                .orElse(Set.of());
    }

    /**
     * Whether whoever uses the work can do so under these licences alone: one of a choice will do, all that hold together
     * must be among them; an exception and a later version are for the user to take or leave.
     */
    default boolean isSatisfiedBy(List<LicenceExpression> allowed) {
        if (allowed.stream().anyMatch(one -> one.text().equalsIgnoreCase(text()))) {
            return true;
        }
        if (this instanceof And and) {
            return and.all().stream().allMatch(one -> one.isSatisfiedBy(allowed));
        }
        if (this instanceof Or or) {
            return or.any().stream().anyMatch(one -> one.isSatisfiedBy(allowed));
        }
        if (this instanceof With with) {
            return with.licence().isSatisfiedBy(allowed);
        }
        return this instanceof Licence licence
                && licence.earliest().filter(one -> one.isSatisfiedBy(allowed)).isPresent();
    }

    /** Whether it names a licence, under whichever of its names. */
    default boolean names(String licence) {
        String wanted = KnownLicences.spdx(licence).orElse(licence);
        return ids().stream().anyMatch(id -> KnownLicences.spdx(id).orElse(id).equalsIgnoreCase(wanted));
    }
}
