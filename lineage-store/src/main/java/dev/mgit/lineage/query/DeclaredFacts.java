package dev.mgit.lineage.query;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.lineage.query.AuditReport.Licence;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ModelCard;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a version's own files say of it: its licence, its recipe, what it was made from. */
public final class DeclaredFacts {
    private static final String README = "README.md";
    private static final String ADAPTER = "adapter_config.json";
    private static final String RECIPE = "recipe.json";
    private static final String RECIPE_NOTES = "recipes";
    private static final List<String> LICENCE_FILES =
            List.of("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt", "LICENCE.md", "COPYING");
    private static final int LONGEST_FILE = 1 << 20;

    private final Lineage lineage;

    public DeclaredFacts(Lineage lineage) {
        this.lineage = lineage;
    }

    /** The licence a version is under; empty where none is recorded. */
    public Optional<Licence> licence(Version version) {
        for (Map.Entry<String, String> trailer : version.trailers().entrySet()) {
            if (trailer.getKey().matches("(?i)licen[sc]e")
                    && !trailer.getValue().isBlank()) {
                return Optional.of(new Licence(trailer.getValue().strip(), "trailer " + trailer.getKey()));
            }
        }
        Optional<String> named = frontMatter(version.id(), "license");
        if (named.isPresent()) {
            return Optional.of(new Licence(named.get(), README));
        }
        return LICENCE_FILES.stream()
                .flatMap(
                        file -> text(version.id(), file)
                                .flatMap(DeclaredFacts::firstLine)
                                .map(line -> new Licence(line, file))
                                .stream())
                .findFirst();
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
        return frontMatter(version, "base_model")
                .map(base -> README + " says it was made from '" + base + "'")
                .or(() -> adapterBase(version).map(base -> ADAPTER + " says it was made for '" + base + "'"));
    }

    private Optional<String> adapterBase(VersionId version) {
        try {
            return text(version, ADAPTER)
                    .map(json -> Json.parseObject(json.getBytes(StandardCharsets.UTF_8)))
                    .flatMap(config -> config.optionalString("base_model_name_or_path"))
                    .filter(base -> !base.isBlank());
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    /** The first value of a field of the model card. */
    private Optional<String> frontMatter(VersionId version, String key) {
        return text(version, README)
                .map(readme -> ModelCard.of(readme.getBytes(StandardCharsets.UTF_8)))
                .flatMap(card -> card.values(key).stream().findFirst());
    }

    private Optional<String> text(VersionId version, String path) {
        Optional<FileEntry> file = lineage.checkpoint(version).file(path);
        return file.filter(entry -> entry.stored() == FileEntry.Storage.VERBATIM && entry.size() <= LONGEST_FILE)
                .map(entry -> new String(lineage.verbatim(version, path), StandardCharsets.UTF_8));
    }
}
