package dev.mgit.hooks.policy;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.sign.Trust;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Version;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What versions must have.
 *
 * @param trust whose signatures count in this repository
 */
record Policy(List<Scoped> rules, Trust trust) {
    /** The registry file. */
    static final String FILE = "policy.json";

    private static final int SCHEMA = 1;

    Policy {
        rules = List.copyOf(rules);
    }

    /**
     * A rule and what it is about.
     *
     * @param since versions made before are not judged
     */
    record Scoped(Rule rule, Glob models, Optional<Instant> since) {
        boolean concerns(Version version, Facts facts) {
            return models.test(version.model())
                    && since.map(from -> !version.when().isBefore(from)).orElse(true)
                    && rule.concerns(version, facts);
        }
    }

    /** @throws MgitException of kind INTEGRITY if there is one that cannot be read; then nothing passes */
    static Optional<Policy> of(Lineage lineage) {
        return lineage.registryFile(FILE).map(json -> {
            try {
                return parse(json, "the policy of this repository");
            } catch (MgitException e) {
                throw new MgitException(
                        MgitException.Kind.INTEGRITY,
                        e.getMessage(),
                        "replace it with 'mgit policy init FILE --force'",
                        e);
            }
        });
    }

    /** @throws MgitException of kind USAGE if it cannot be read */
    static Policy parse(byte[] json, String where) {
        try {
            JsonObject policy = Json.parseObject(json);
            if (policy.number("schema") > SCHEMA) {
                throw new JsonException("it was written by a newer mgit");
            }
            List<Scoped> rules = new ArrayList<>();
            for (JsonObject rule : policy.objects("rules")) {
                rules.add(new Scoped(
                        Rules.read(rule),
                        rule.optionalString("models").map(Glob::new).orElse(Glob.ALL),
                        rule.optionalString("since").map(Policy::day)));
            }
            Trust trust = Trust.none();
            for (String key : policy.strings("keys")) {
                trust = trust.and(Trust.parse(key.getBytes(StandardCharsets.US_ASCII), "a key of the policy"));
            }
            return new Policy(rules, trust);
        } catch (JsonException | MgitException e) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    where + " cannot be read: " + e.getMessage(),
                    "docs/how-to/set-a-policy.md shows one",
                    e);
        }
    }

    private static Instant day(String text) {
        try {
            return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new JsonException("'since' is '" + text + "', not a date such as 2026-01-31");
        }
    }
}
