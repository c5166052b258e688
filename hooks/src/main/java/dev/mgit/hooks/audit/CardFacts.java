package dev.mgit.hooks.audit;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.query.DeclaredFacts;
import dev.mgit.lineage.version.ModelCard;
import dev.mgit.lineage.version.VersionId;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a model's card and configuration say of it.
 *
 * @param intendedUse the card's section of that heading
 * @param limits the card's section on limitations, risks or uses out of scope
 * @param architecture the class in {@code config.json}, e.g. {@code BertForSequenceClassification}
 * @param family {@code model_type} in {@code config.json}
 */
public record CardFacts(
        Optional<String> intendedUse,
        Optional<String> limits,
        Optional<String> task,
        List<String> languages,
        List<String> datasets,
        Optional<String> architecture,
        Optional<String> family) {
    /** Those of a version without. */
    static final CardFacts NONE = new CardFacts(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty());

    private static final Pattern USE = Pattern.compile("(?i)\\bintended (uses?|purpose)\\b|^uses$|^direct use$");
    private static final Pattern LIMITS = Pattern.compile("(?i)\\blimitations?\\b|^out-of-scope use|\\brisks\\b");
    /** Of a section; a card that says more than this says it better itself. */
    private static final int LONGEST = 2000;

    static CardFacts of(DeclaredFacts facts, VersionId version) {
        Optional<ModelCard> card = facts.card(version);
        Optional<JsonObject> config = facts.config(version);
        return new CardFacts(
                card.flatMap(text -> text.section(USE)).map(CardFacts::shortened),
                card.flatMap(text -> text.section(LIMITS)).map(CardFacts::shortened),
                card.flatMap(text -> text.values("pipeline_tag").stream().findFirst()),
                card.map(text -> text.values("language")).orElse(List.of()),
                card.map(text -> text.values("datasets")).orElse(List.of()),
                config.flatMap(CardFacts::architecture),
                config.flatMap(json -> text(json.members().get("model_type"))));
    }

    private static Optional<String> architecture(JsonObject config) {
        return config.members().get("architectures") instanceof List<?> names && !names.isEmpty()
                ? text(names.get(0))
                : Optional.empty();
    }

    private static Optional<String> text(@Nullable Object value) {
        return value instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private static String shortened(String section) {
        return section.length() <= LONGEST ? section : section.substring(0, LONGEST) + "…";
    }
}
