package dev.mgit.lineage.export;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.checkpoint.GenericNames;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ModelCard;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a model is called on the Hugging Face Hub, as far as files say it: an adapter's configuration of its base; the
 * model's own card; {@code _name_or_path} of its configuration, which says what it was loaded from. That is itself where
 * it was saved again as it was, and its base where it was trained further.
 */
final class HubNames {
    private static final String PART = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
    private static final Pattern ID = Pattern.compile(PART + "(/" + PART + ")?");
    private static final List<String> CARD_FIELDS = List.of("model_id", "hub_model_id", "model_name");
    private static final int LONGEST_FILE = 1 << 20;

    private final Lineage lineage;

    HubNames(Lineage lineage) {
        this.lineage = lineage;
    }

    /** The id of an edge's parent; empty where no file names one. */
    Optional<String> of(ProvenanceEdge edge, String model, VersionId child) {
        VersionId parent = edge.parent();
        try {
            return Stream.of(adapterBase(edge, child), cardOf(parent), loadedFrom(parent, model))
                    .flatMap(Optional::stream)
                    .findFirst();
        } catch (MgitException e) {
            return Optional.empty(); // a parent that is not here, or damaged, has the name its edge gives
        }
    }

    private Optional<String> adapterBase(ProvenanceEdge edge, VersionId child) {
        return edge.kind() == EdgeKind.ADAPTER
                ? json(child, "adapter_config.json")
                        .flatMap(config -> text(config, "base_model_name_or_path"))
                        .filter(HubNames::isId)
                : Optional.empty();
    }

    private Optional<String> cardOf(VersionId version) {
        return card(version).stream()
                .flatMap(card -> CARD_FIELDS.stream().flatMap(field -> card.values(field).stream()))
                .filter(name -> isId(name) && name.contains("/"))
                .findFirst();
    }

    private Optional<String> loadedFrom(VersionId version, String model) {
        Optional<String> name = json(version, "config.json")
                .flatMap(config -> text(config, "_name_or_path"))
                .filter(HubNames::isId);
        if (name.isEmpty() || last(name.get()).equalsIgnoreCase(last(model))) {
            return name;
        }
        return isRoot(version) && !basesOf(version).contains(name.get()) ? name : Optional.empty();
    }

    /** Whether no version before it, nor itself, was made from another. */
    private boolean isRoot(VersionId version) {
        for (Optional<VersionId> at = Optional.of(version); at.isPresent(); ) {
            Version here = lineage.version(at.get());
            if (!here.origins().isEmpty()) {
                return false;
            }
            at = here.previous();
        }
        return true;
    }

    private List<String> basesOf(VersionId version) {
        List<String> bases = new ArrayList<>();
        card(version).ifPresent(card -> bases.addAll(card.values("base_model")));
        return bases;
    }

    private Optional<ModelCard> card(VersionId version) {
        return bytes(version, HubExport.README).map(ModelCard::of);
    }

    private Optional<JsonObject> json(VersionId version, String path) {
        try {
            return bytes(version, path).map(Json::parseObject);
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    private Optional<byte[]> bytes(VersionId version, String path) {
        return lineage.checkpoint(version)
                .file(path)
                .filter(file -> file.stored() == FileEntry.Storage.VERBATIM && file.size() <= LONGEST_FILE)
                .map(file -> lineage.verbatim(version, path));
    }

    private static Optional<String> text(JsonObject json, String name) {
        return json.members().get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** Folders of somebody's machine look much like ids: what only says which state of a model it was is none. */
    static boolean isId(String name) {
        return ID.matcher(name).matches()
                && !name.contains("..")
                && !name.contains("--")
                && Stream.of(name.split("/")).noneMatch(GenericNames::contains);
    }

    private static String last(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }
}
