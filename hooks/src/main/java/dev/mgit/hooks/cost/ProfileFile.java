package dev.mgit.hooks.cost;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A file of runtime profiles by the names of models, as HELM's {@code inference_idealized_runtimes.json}.
 *
 * @param profiles by name
 */
public record ProfileFile(Map<String, RuntimeProfile> profiles) {
    private static final long MOST_BYTES = 16 << 20;

    public ProfileFile {
        profiles = new TreeMap<>(profiles);
    }

    /** @throws MgitException if a profile in it cannot be */
    public static ProfileFile read(Path file) throws IOException {
        String name = "";
        try {
            JsonObject json = Json.parsePythonObject(bytes(file));
            Map<String, RuntimeProfile> profiles = new LinkedHashMap<>();
            for (String model : json.members().keySet()) {
                name = model;
                profiles.put(model, RuntimeProfile.fromJson(json.object(model)));
            }
            if (profiles.isEmpty()) {
                throw new JsonException("it has no profile");
            }
            return new ProfileFile(profiles);
        } catch (JsonException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "cannot read the profile '" + file + "'" + (name.isEmpty() ? "" : ", " + name) + ": "
                            + e.getMessage(),
                    "'mgit cost fit MEASUREMENTS' writes one",
                    e);
        }
    }

    static byte[] bytes(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw MgitException.usage("'" + file + "' does not exist or is no file");
        }
        if (Files.size(file) > MOST_BYTES) {
            throw MgitException.failed("'" + file + "' is larger than " + (MOST_BYTES >> 20) + " MiB");
        }
        return Files.readAllBytes(file);
    }

    /**
     * The profile of a model: the one of its name, or the only one there is.
     *
     * @param chosen the name that was asked for
     * @throws MgitException of kind USAGE if it cannot be told which
     */
    public RuntimeProfile of(@Nullable String chosen, String model) {
        String name = chosen == null ? model : chosen;
        return find(name)
                .or(() -> chosen == null && profiles.size() == 1
                        ? Optional.of(profiles.values().iterator().next())
                        : Optional.empty())
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE,
                        "the profile has no entry '" + name + "'",
                        "name one with --profile-model: " + some()));
    }

    public Optional<RuntimeProfile> find(String model) {
        return Optional.ofNullable(profiles.get(model));
    }

    private String some() {
        List<String> names = profiles.keySet().stream().limit(6).toList();
        return String.join(", ", names) + (profiles.size() > names.size() ? ", …" : "");
    }

    /** The same with one profile more, or another. */
    public ProfileFile with(String model, RuntimeProfile profile) {
        Map<String, RuntimeProfile> all = new LinkedHashMap<>(profiles);
        all.put(model, profile);
        return new ProfileFile(all);
    }

    public String text() {
        Map<String, JsonObject> json = new LinkedHashMap<>();
        profiles.forEach((name, profile) -> json.put(name, profile.toJson()));
        return new String(Json.pretty(json), StandardCharsets.UTF_8) + "\n";
    }
}
