package dev.mgit.hooks.policy;

import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rules there are. */
final class Rules {
    private static final Map<String, Rule.Reader> ALL = new LinkedHashMap<>();

    static {
        ALL.put("recipe", json -> new RecipeRule());
        ALL.put("licences", LicenceRule::read);
        ALL.put("roots", RootRule::read);
        ALL.put("compute", ComputeRule::read);
        ALL.put("tests", json -> new TestRule(json.strings("names")));
        ALL.put("signatures", json -> new SignatureRule(json.strings("attest")));
        ALL.put("merges", json -> new MergeRule());
        ALL.put("age", AgeRule::read);
    }

    private Rules() {}

    static Rule read(JsonObject json) {
        Rule.Reader reader = ALL.get(json.string("rule"));
        if (reader == null) {
            throw new JsonException(
                    "there is no rule '" + json.string("rule") + "'; there are " + String.join(", ", ALL.keySet()));
        }
        return reader.read(json);
    }

    /** What was derived from another model must say how. */
    record RecipeRule() implements Rule {
        @Override
        public String name() {
            return "recipe";
        }

        @Override
        public boolean concerns(Version version, Facts facts) {
            return !version.origins().isEmpty();
        }

        @Override
        public List<String> objections(Version version, Facts facts) {
            return facts.hasRecipe(version) ? List.of() : List.of("was derived, and has no recipe");
        }

        @Override
        public String advice() {
            return "make it with 'mgit run', or record how it was made with 'mgit recipe set'";
        }
    }

    /** Tests must have passed: those named, or all that are registered for it. */
    record TestRule(List<String> names) implements Rule.Later {
        @Override
        public String name() {
            return "tests";
        }

        @Override
        public boolean concerns(Version version, Facts facts) {
            return !names.isEmpty() || !facts.tests(version, names).isEmpty();
        }

        @Override
        public List<String> objections(Version version, Facts facts) {
            List<String> found = new ArrayList<>();
            for (var test : facts.tests(version, names)) {
                var verdict = facts.verdict(version, test);
                if (verdict.isEmpty()) {
                    found.add("was not tested by '" + test.name() + "'");
                } else if (!verdict.get().passed()) {
                    found.add("failed test '" + test.name() + "'");
                }
            }
            return found;
        }

        @Override
        public String advice() {
            return "mgit test run REV";
        }
    }

    /** Files must be signed by somebody whose signatures count, and so must the statements named. */
    record SignatureRule(List<String> attest) implements Rule.Later {
        @Override
        public String name() {
            return "signatures";
        }

        @Override
        public List<String> objections(Version version, Facts facts) {
            return unsigned(version, facts, attest);
        }

        @Override
        public String advice() {
            return "mgit sign REV" + (attest.isEmpty() ? "" : " --attest " + String.join(",", attest))
                    + ", with a key that the policy lists";
        }
    }

    /** Merges must be signed. */
    record MergeRule() implements Rule.Later {
        @Override
        public String name() {
            return "merges";
        }

        @Override
        public boolean concerns(Version version, Facts facts) {
            return version.origins().stream().anyMatch(edge -> edge.kind() == EdgeKind.MERGE);
        }

        @Override
        public List<String> objections(Version version, Facts facts) {
            return unsigned(version, facts, List.of()).stream()
                    .map(text -> "is a merge and " + text)
                    .toList();
        }

        @Override
        public String advice() {
            return "mgit sign REV, with a key that the policy lists";
        }
    }

    private static List<String> unsigned(Version version, Facts facts, List<String> statements) {
        List<String> signed = facts.signed(version);
        List<String> missing = new ArrayList<>(List.of("files"));
        missing.addAll(statements);
        missing.removeAll(signed);
        if (missing.isEmpty()) {
            return List.of();
        }
        Optional<String> fault = facts.signatures(version).stream()
                .flatMap(result -> result.faults().stream())
                .findFirst();
        String what = missing.contains("files") ? "" : ": its " + String.join(" and ", missing) + " are not";
        return List.of(fault.map(text -> "has a signature that does not hold: " + text)
                .orElse("is not signed by a key or certificate that counts" + what));
    }

    /** Versions must not be older than so many days. */
    record AgeRule(long days) implements Rule.Later {
        static AgeRule read(JsonObject json) {
            long days = json.number("days");
            if (days < 1) {
                throw new JsonException("an age of " + days + " days");
            }
            return new AgeRule(days);
        }

        @Override
        public String name() {
            return "age";
        }

        @Override
        public List<String> objections(Version version, Facts facts) {
            long age = Duration.between(version.when(), facts.now()).toDays();
            return age > days ? List.of("is " + age + " days old, more than " + days) : List.of();
        }

        @Override
        public String advice() {
            return "make a new version, or retire the model with 'mgit branch -d'";
        }
    }
}
