package dev.mgit.lineage.query;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.query.AuditReport.Licence;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ModelCard;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a version's own files say of it: its licence, its recipe, what it was made from. */
public final class DeclaredFacts {
    private static final String README = "README.md";
    private static final String ADAPTER = "adapter_config.json";
    private static final String CONFIG = "config.json";
    private static final List<String> NAME_FIELDS = List.of("model_id", "hub_model_id", "model_name");
    private static final String RECIPE = "recipe.json";
    /** The namespace of notes with what other documents state, which counts where the files say nothing. */
    public static final String STATEMENTS = "statements";

    private static final String RECIPE_NOTES = "recipes";
    private static final List<String> LICENCE_FILES =
            List.of("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt", "LICENCE.md", "COPYING");
    private static final int LONGEST_FILE = 1 << 20;

    private final Lineage lineage;
    private final Consumer<String> damaged;
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Checkpoint latest;

    /** For those who check the versions, too. */
    public DeclaredFacts(Lineage lineage) {
        this(lineage, damage -> {});
    }

    /** @param damaged told in a sentence of each file that is not what its version records: it says nothing then */
    public DeclaredFacts(Lineage lineage, Consumer<String> damaged) {
        this.lineage = lineage;
        this.damaged = damaged;
    }

    /** The licence a version is under; empty where none is recorded. */
    public Optional<Licence> licence(Version version) {
        for (Map.Entry<String, String> trailer : version.trailers().entrySet()) {
            if (trailer.getKey().matches("(?i)licen[sc]e")
                    && !trailer.getValue().isBlank()) {
                return Optional.of(new Licence(trailer.getValue().strip(), "trailer " + trailer.getKey()));
            }
        }
        Optional<String> named = card(version.id()).flatMap(DeclaredFacts::licenceOf);
        if (named.isPresent()) {
            return Optional.of(new Licence(named.get(), README));
        }
        Optional<Licence> file = LICENCE_FILES.stream()
                .flatMap(
                        name -> text(version.id(), name)
                                .flatMap(DeclaredFacts::firstLine)
                                .map(line -> new Licence(line, name))
                                .stream())
                .findFirst();
        return file.or(() -> stated(version.id()));
    }

    private Optional<Licence> stated(VersionId version) {
        try {
            return lineage.note(STATEMENTS, version, Json::parseObject)
                    .flatMap(json -> text(json, "licence").map(name -> new Licence(name, "statement")));
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    /** The Hub's {@code license}; several hold together. Of {@code other}, its {@code license_name}. */
    private static Optional<String> licenceOf(ModelCard card) {
        List<String> ids = card.values("license");
        Optional<String> name = card.values("license_name").stream().findFirst();
        if (ids.equals(List.of("other")) && name.isPresent()) {
            return name;
        }
        return Optional.of(String.join(" AND ", ids)).filter(joined -> !joined.isEmpty());
    }

    private static Optional<String> firstLine(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).findFirst();
    }

    boolean hasRecipe(VersionId version) {
        return lineage.extra(version, RECIPE).isPresent() || lineage.hasNote(RECIPE_NOTES, version);
    }

    /** Ids of the versions that the recorded recipe was carried out on. */
    Set<String> recipeParents(VersionId version) {
        try {
            return lineage.extra(version, RECIPE)
                    .map(json -> Json.parseObject(json).objects("parents").stream()
                            .map(parent -> parent.string("version"))
                            .collect(Collectors.toSet()))
                    .orElse(Set.of());
        } catch (JsonException e) {
            return Set.of(); // a check names it
        }
    }

    /** What the files say the version was made from, as the start of a sentence. */
    Optional<String> base(VersionId version) {
        return claims(version).stream()
                .findFirst()
                .map(claim -> claim.file() + " says it was made "
                        + (claim.file().equals(ADAPTER) ? "for" : "from") + " '" + claim.base() + "'");
    }

    /** A file that says what a version was made from. */
    public record Claim(String file, String base) {}

    /** All that the files say the version was made from. */
    public List<Claim> claims(VersionId version) {
        List<Claim> claims = new ArrayList<>();
        card(version).ifPresent(card -> card.values("base_model").forEach(base -> claims.add(new Claim(README, base))));
        adapterBase(version).ifPresent(base -> claims.add(new Claim(ADAPTER, base)));
        return claims;
    }

    /** What a version's own files call it: names in its card, and what its configuration was loaded as. */
    public List<String> ownNames(VersionId version) {
        List<String> names = new ArrayList<>();
        card(version).ifPresent(card -> NAME_FIELDS.forEach(field -> names.addAll(card.values(field))));
        json(version, CONFIG).flatMap(config -> text(config, "_name_or_path")).ifPresent(names::add);
        return names;
    }

    /** A version's {@code config.json}; empty if it has none that can be read. */
    public Optional<JsonObject> config(VersionId version) {
        return json(version, CONFIG);
    }

    private Optional<String> adapterBase(VersionId version) {
        return json(version, ADAPTER)
                .flatMap(config -> text(config, "base_model_name_or_path"))
                .filter(base -> !base.isBlank());
    }

    private static Optional<String> text(JsonObject json, String name) {
        return json.members().get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private Optional<JsonObject> json(VersionId version, String path) {
        try {
            return text(version, path).map(json -> Json.parseObject(json.getBytes(StandardCharsets.UTF_8)));
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    /** A version's model card, which may be without fields; empty if it has no README.md. */
    public Optional<ModelCard> card(VersionId version) {
        return text(version, README).map(readme -> ModelCard.of(readme.getBytes(StandardCharsets.UTF_8)));
    }

    /** Several questions about one version follow one another. */
    private Checkpoint checkpoint(VersionId version) {
        Checkpoint known = latest;
        if (known == null || !known.version().equals(version)) {
            known = lineage.checkpoint(version);
            latest = known;
        }
        return known;
    }

    private Optional<String> text(VersionId version, String path) {
        try {
            Optional<FileEntry> file = checkpoint(version).file(path);
            return file.filter(entry -> entry.stored() == FileEntry.Storage.VERBATIM && entry.size() <= LONGEST_FILE)
                    .map(entry -> new String(lineage.verbatim(version, path), StandardCharsets.UTF_8));
        } catch (MgitException e) {
            if (e.kind() != MgitException.Kind.INTEGRITY) {
                throw e;
            }
            if (told.add(e.getMessage())) {
                damaged.accept(e.getMessage());
            }
            return Optional.empty();
        }
    }
}
