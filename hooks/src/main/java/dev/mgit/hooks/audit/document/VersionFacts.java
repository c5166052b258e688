package dev.mgit.hooks.audit.document;

import dev.mgit.hooks.audit.DataFact;
import dev.mgit.hooks.audit.Provenance;
import dev.mgit.hooks.audit.TestOutcome;
import dev.mgit.hooks.licence.LicenceExpression;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.lineage.query.AuditReport.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** What is told of a version to people, in order, each with what it is. */
final class VersionFacts {
    private static final int SHOWN_PACKAGES = 8;

    private final List<Fact> facts = new ArrayList<>();

    /** One line; {@code what} is a word or two. */
    record Fact(String what, String text) {}

    private VersionFacts() {}

    static List<Fact> of(Provenance version) {
        var all = new VersionFacts();
        Entry entry = version.entry();
        if (!entry.present()) {
            all.add("missing", "not in this repository");
            return all.facts;
        }
        all.add("message", entry.subject());
        all.add("author", entry.author() + " at " + entry.when());
        entry.parents().forEach(parent -> all.add("parent", Words.edge(parent)));
        if (entry.parents().isEmpty()) {
            all.add("parent", "none, a root");
        }
        entry.later()
                .forEach(later -> all.add(
                        "later",
                        Words.word(later.op()) + " " + later.kind().word() + " of " + later.model() + "@"
                                + later.parent().abbreviated() + ", by " + later.by() + " at " + later.when()));
        all.licence(version);
        all.recipe(version);
        version.data().forEach(data -> all.add("data", data(data)));
        version.tests().forEach(test -> all.add("test", test(test)));
        version.numbers().lines().forEach(line -> all.add("measured", line));
        version.card().intendedUse().ifPresent(text -> all.add("intended use", text));
        version.card().limits().ifPresent(text -> all.add("limits", text));
        version.sharing().forEach(standing -> all.add("sharing", standing.text()));
        entry.signatures()
                .forEach(signature -> all.add(
                        "signed by", signature.signer() + (signature.valid() ? "" : ", which does not hold here")));
        return all.facts;
    }

    private void licence(Provenance version) {
        Optional<LicenceExpression> own = version.licensing().own();
        add(
                "license",
                version.entry()
                        .licence()
                        .map(licence ->
                                own.map(LicenceExpression::text).orElse(licence.name()) + " (" + licence.where() + ")")
                        .orElse("not known"));
        version.licensing()
                .inherited()
                .forEach((obligation, origin) -> add(
                        "obligation",
                        obligation.word() + ", from " + origin.name() + " ("
                                + origin.licence().text() + ")"));
    }

    private void recipe(Provenance version) {
        if (version.recipe().isEmpty()) {
            add("recipe", version.entry().recipe() ? "recorded, but it cannot be read" : "none");
            return;
        }
        Recipe made = version.recipe().get().made();
        Recipe.Circumstances at = made.circumstances();
        add(
                "recipe",
                String.join(" ", made.command()) + " (in " + made.directory() + ", at " + Words.time(at.started())
                        + ")");
        at.code()
                .ifPresent(code -> add("code", "revision " + code.revision() + (code.dirty() ? ", with changes" : "")));
        at.sources().forEach((path, digest) -> add("script", path + " sha256:" + digest));
        environment(made);
        version.recipe()
                .filter(one -> one.original().isPresent())
                .ifPresent(one -> add(
                        "replaced by",
                        String.join(" ", one.recipe().command()) + " at "
                                + Words.time(one.recipe().circumstances().started()) + ", never run"));
    }

    private void environment(Recipe made) {
        Recipe.Circumstances at = made.circumstances();
        List<String> parts = new ArrayList<>();
        at.runtime().ifPresent(parts::add);
        var packages = new TreeMap<>(at.packages());
        packages.entrySet().stream()
                .limit(SHOWN_PACKAGES)
                .forEach(one -> parts.add(one.getKey() + "=" + one.getValue()));
        if (packages.size() > SHOWN_PACKAGES) {
            parts.add("and " + (packages.size() - SHOWN_PACKAGES) + " more packages");
        }
        if (!made.environment().isEmpty()) {
            parts.add("variables " + String.join(" ", new TreeMap<>(made.environment()).keySet()));
        }
        made.seed().ifPresent(seed -> parts.add("seed " + seed));
        if (!at.machine().isBlank()) {
            parts.add(at.machine());
        }
        add("environment", String.join(", ", parts));
    }

    private static String data(DataFact data) {
        return data.name() + data.sha256().map(digest -> " sha256:" + digest).orElse(", without digest")
                + data.path().map(path -> ", " + path).orElse("")
                + data.licence().map(licence -> ", under " + licence).orElse("") + " (" + data.source() + ")";
    }

    private static String test(TestOutcome test) {
        var text = new StringBuilder(test.test()).append(' ').append(test.text());
        test.metrics()
                .forEach((name, value) ->
                        text.append(", ").append(name).append(' ').append(value));
        if (test.earlierFailures() > 0) {
            text.append(", after ").append(test.earlierFailures()).append(" that did not pass");
        }
        return text.toString();
    }

    private void add(String what, String text) {
        facts.add(new Fact(what, text));
    }
}
