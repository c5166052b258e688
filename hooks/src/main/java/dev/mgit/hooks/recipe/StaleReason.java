package dev.mgit.hooks.recipe;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Why a model is to be made again: one thing its recipe reads that is no longer what it was. Plans, status, records and
 * reports all say it by this.
 *
 * @param what a model, an input, a file of code, a part of the recipe, or a package
 * @param was a version id, a digest or a package's version; empty if it was not there
 * @param now the same as it is; empty if it is gone, or for a parent that the update itself makes
 */
public record StaleReason(Kind kind, String what, Optional<String> was, Optional<String> now) {
    /** What has changed. */
    public enum Kind {
        /** A parent has a new version. */
        PARENT,
        /** An input of the recipe. */
        DATA,
        /** A script, or what it imports from its own folder. */
        CODE,
        /** The recipe itself was set anew. */
        RECIPE,
        /** The interpreter or a package it sees. */
        PACKAGES,
        /** Nothing: somebody asked for it. */
        FORCED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Kind parse(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    private static final int SHOWN = 3;
    private static final int DIGITS = 8;

    /** It was asked for, whatever has changed. */
    public static StaleReason forced() {
        return new StaleReason(Kind.FORCED, "", Optional.empty(), Optional.empty());
    }

    /** Whether it starts an update of a model downstream by itself; the others are taken along unless asked for. */
    public boolean leads() {
        return kind == Kind.PARENT || kind == Kind.FORCED;
    }

    /** In words: {@code base has a new version; data train.csv 40343f2c→97381b80}. */
    public static String text(List<StaleReason> reasons) {
        List<String> parts = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            List<StaleReason> alike =
                    reasons.stream().filter(reason -> reason.kind() == kind).toList();
            if (!alike.isEmpty()) {
                parts.add(text(kind, alike));
            }
        }
        return String.join("; ", parts);
    }

    /** Without what it was and is: {@code data train.csv; code train.py, lib.py and 2 more}. */
    public static String names(List<StaleReason> reasons) {
        return reasons.stream()
                .map(StaleReason::kind)
                .distinct()
                .sorted()
                .map(kind -> {
                    List<StaleReason> alike = reasons.stream()
                            .filter(reason -> reason.kind() == kind)
                            .toList();
                    return kind.word() + " "
                            + alike.stream()
                                    .limit(SHOWN)
                                    .map(reason -> reason.what() + (reason.now().isEmpty() ? " (gone)" : ""))
                                    .collect(Collectors.joining(", "))
                            + (alike.size() > SHOWN ? " and " + (alike.size() - SHOWN) + " more" : "");
                })
                .collect(Collectors.joining("; "));
    }

    /** The same of those that a condition holds for. */
    public static String text(List<StaleReason> reasons, Predicate<StaleReason> which) {
        return text(reasons.stream().filter(which).toList());
    }

    private static String text(Kind kind, List<StaleReason> alike) {
        return switch (kind) {
            case PARENT ->
                alike.stream().map(StaleReason::what).distinct().collect(Collectors.joining(", "))
                        + (alike.stream().map(StaleReason::what).distinct().count() == 1 ? " has" : " have")
                        + " a new version";
            case FORCED -> "forced";
            case RECIPE -> "recipe (" + alike.get(0).what() + ")";
            case DATA, CODE, PACKAGES ->
                kind.word() + " "
                        + alike.stream().limit(SHOWN).map(StaleReason::change).collect(Collectors.joining(", "))
                        + (alike.size() > SHOWN ? " and " + (alike.size() - SHOWN) + " more" : "");
        };
    }

    /** It alone: {@code train.csv 40343f2c→97381b80}. */
    public String change() {
        if (kind == Kind.FORCED || kind == Kind.RECIPE) {
            return what;
        }
        if (was.isEmpty()) {
            return what + " (new)";
        }
        String gone = kind == Kind.PARENT ? "is to be made again" : "(gone)";
        return what + " "
                + now.map(after -> brief(was.get()) + "→" + brief(after)).orElse(gone);
    }

    private static String brief(String value) {
        return value.matches("[0-9a-f]{40,}") ? value.substring(0, DIGITS) : value;
    }

    public JsonObject toJson() {
        return JsonMembers.of("kind", kind.word(), "what", what, "was", was, "now", now);
    }

    public static StaleReason fromJson(JsonObject json) {
        return new StaleReason(
                Kind.parse(json.string("kind")),
                json.string("what"),
                json.optionalString("was"),
                json.optionalString("now"));
    }

    public static List<JsonObject> toJson(List<StaleReason> reasons) {
        return reasons.stream().map(StaleReason::toJson).toList();
    }

    public static List<StaleReason> fromJson(JsonObject json, String member) {
        return json.objects(member).stream().map(StaleReason::fromJson).toList();
    }
}
