package dev.mgit.hooks.bom;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.data.Statements.Data;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A CycloneDX bill of materials in JSON, as far as it speaks of models and data.
 *
 * @param models in the order they stand in
 */
public record BillOfMaterials(List<Model> models) {
    private static final int DEEPEST = 20;

    /**
     * A component of type {@code machine-learning-model}.
     *
     * @param digests SHA-256 of it and of the files below it
     * @param licence its licences as one expression
     * @param data what it was trained on
     * @param ancestors what it was made from, declared
     * @param variants what it is related to in a way that is not known
     */
    public record Model(
            String name,
            String version,
            List<String> digests,
            Optional<String> licence,
            List<Data> data,
            List<Relative> ancestors,
            List<Relative> variants,
            String notes) {
        /** As people are told of it. */
        public String title() {
            return version.isEmpty() ? name : name + " " + version;
        }
    }

    /** A component of a pedigree. */
    public record Relative(String name, String version, List<String> digests) {}

    public BillOfMaterials {
        models = List.copyOf(models);
    }

    /** @throws MgitException of kind FAILED if it is no such document */
    public static BillOfMaterials parse(byte[] json, String what) {
        try {
            JsonObject bom = Json.parseObject(json);
            if (!bom.optionalString("bomFormat").equals(Optional.of("CycloneDX"))) {
                throw new JsonException("bomFormat is not CycloneDX");
            }
            List<JsonObject> all = new ArrayList<>();
            bom.optionalObject("metadata")
                    .flatMap(metadata -> metadata.optionalObject("component"))
                    .ifPresent(component -> collect(component, all, 0));
            bom.objects("components").forEach(component -> collect(component, all, 0));
            Map<String, JsonObject> byRef = new HashMap<>();
            all.forEach(one -> one.optionalString("bom-ref").ifPresent(ref -> byRef.put(ref, one)));
            return new BillOfMaterials(all.stream()
                    .filter(one -> one.optionalString("type").equals(Optional.of("machine-learning-model")))
                    .map(one -> model(one, byRef))
                    .toList());
        } catch (JsonException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    what + " is not a CycloneDX bill of materials: " + e.getMessage(),
                    "other formats and XML are not read; convert it to CycloneDX JSON first",
                    e);
        }
    }

    private static void collect(JsonObject component, List<JsonObject> all, int depth) {
        if (depth > DEEPEST) {
            throw new JsonException("components are nested deeper than " + DEEPEST);
        }
        all.add(component);
        component.objects("components").forEach(inner -> collect(inner, all, depth + 1));
    }

    private static Model model(JsonObject component, Map<String, JsonObject> byRef) {
        Optional<JsonObject> pedigree = component.optionalObject("pedigree");
        List<Data> data = component
                .optionalObject("modelCard")
                .flatMap(card -> card.optionalObject("modelParameters"))
                .map(parameters -> parameters.objects("datasets"))
                .orElse(List.of())
                .stream()
                .flatMap(set -> data(set, byRef).stream())
                .toList();
        return new Model(
                component.string("name"),
                component.optionalString("version").orElse(""),
                digests(component),
                licence(component),
                data,
                relatives(pedigree, "ancestors"),
                relatives(pedigree, "variants"),
                pedigree.flatMap(one -> one.optionalString("notes")).orElse(""));
    }

    private static Optional<Data> data(JsonObject set, Map<String, JsonObject> byRef) {
        Optional<JsonObject> component = set.optionalString("ref").map(byRef::get);
        if (component.isPresent()) {
            JsonObject found = component.get();
            return Optional.of(new Data(found.string("name"), hashes(found).findFirst(), licence(found)));
        }
        return set.optionalString("name").map(name -> new Data(name, Optional.empty(), Optional.empty()));
    }

    private static List<Relative> relatives(Optional<JsonObject> pedigree, String kind) {
        return pedigree.map(one -> one.objects(kind)).orElse(List.of()).stream()
                .map(one -> new Relative(
                        one.string("name"), one.optionalString("version").orElse(""), digests(one)))
                .toList();
    }

    private static List<String> digests(JsonObject component) {
        return Stream.concat(
                        hashes(component),
                        component.objects("components").stream().flatMap(BillOfMaterials::hashes))
                .distinct()
                .toList();
    }

    private static Stream<String> hashes(JsonObject component) {
        return component.objects("hashes").stream()
                .filter(hash -> hash.optionalString("alg").equals(Optional.of("SHA-256")))
                .flatMap(hash -> hash.optionalString("content").stream())
                .map(digest -> digest.toLowerCase(Locale.ROOT));
    }

    private static Optional<String> licence(JsonObject component) {
        List<String> all = new ArrayList<>();
        for (JsonObject choice : component.objects("licenses")) {
            choice.optionalString("expression").ifPresent(all::add);
            choice.optionalObject("license")
                    .flatMap(one -> one.optionalString("id").or(() -> one.optionalString("name")))
                    .ifPresent(all::add);
        }
        return Optional.of(String.join(" AND ", all)).filter(joined -> !joined.isEmpty());
    }
}
