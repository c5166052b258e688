package dev.mgit.lineage.detect;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.checkpoint.GenericNames;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ModelCard;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Reads {@link MetadataClaims} from README.md and config.json, adapter_config.json of PEFT, and trainer_state.json and
 * training_args.bin of Trainer. Files that make no sense say nothing.
 */
final class MetadataClaimsReader {
    /** Logs of long runs have some megabytes. */
    private static final long LONGEST_FILE = 1 << 24;

    private static final int MOST_BASES = 16;
    private static final Pattern HUB_CACHE = Pattern.compile("(?:^|[/\\\\])models--([^/\\\\]+)");

    private MetadataClaimsReader() {}

    /** What lies beside the weights in a folder; nothing for a single file. */
    static MetadataClaims of(Path path) {
        return Files.isDirectory(path) ? claims(name -> onDisk(path.resolve(name))) : MetadataClaims.NONE;
    }

    static MetadataClaims of(Lineage lineage, VersionId version) {
        return claims(name -> lineage.checkpoint(version)
                .file(name)
                .filter(file -> file.stored() == FileEntry.Storage.VERBATIM && file.size() <= LONGEST_FILE)
                .map(FileEntry::path)
                .map(path -> lineage.verbatim(version, path)));
    }

    private static Optional<byte[]> onDisk(Path file) {
        try {
            return Files.isRegularFile(file) && Files.size(file) <= LONGEST_FILE
                    ? Optional.of(Files.readAllBytes(file))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static MetadataClaims claims(Function<String, Optional<byte[]>> files) {
        Optional<ModelCard> card = files.apply("README.md").map(ModelCard::of);
        List<String> bases = new ArrayList<>();
        card.ifPresent(found -> bases.addAll(found.values("base_model")));
        json(files, "adapter_config.json")
                .flatMap(config -> text(config, "base_model_name_or_path"))
                .ifPresent(bases::add);
        String relation = card.stream()
                .flatMap(found -> found.values("base_model_relation").stream())
                .findFirst()
                .orElse("");
        List<String> few = bases.stream().distinct().limit(MOST_BASES).toList();
        Optional<JsonObject> trainer = json(files, "trainer_state.json");
        Optional<JsonObject> config = json(files, "config.json");
        List<String> runs = new ArrayList<>();
        files.apply("training_args.bin").map(MetadataClaimsReader::digest).ifPresent(runs::add);
        trainer.flatMap(MetadataClaimsReader::firstLog)
                .map(MetadataClaimsReader::digest)
                .ifPresent(runs::add);
        return new MetadataClaims(
                few,
                config.flatMap(found -> text(found, "_name_or_path"))
                        .map(MetadataClaimsReader::model)
                        .orElse(""),
                relation,
                config.map(MetadataClaimsReader::architecture).orElse(""),
                files.apply("adapter_config.json").isPresent(),
                trainer.flatMap(MetadataClaimsReader::step).orElse(MetadataClaims.NO_STEP),
                runs);
    }

    private static Optional<JsonObject> json(Function<String, Optional<byte[]>> files, String name) {
        try {
            return files.apply(name).map(Json::parseObject);
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    private static Optional<Long> step(JsonObject trainer) {
        return trainer.members().get("global_step") instanceof Number step && step.longValue() >= 0
                ? Optional.of(step.longValue())
                : Optional.empty();
    }

    /** What a run logged first stands at the top of the log of all its checkpoints. */
    private static Optional<byte[]> firstLog(JsonObject trainer) {
        return trainer.members().get("log_history") instanceof List<?> log && !log.isEmpty()
                ? Optional.of(Json.text(log.get(0)).getBytes(StandardCharsets.UTF_8))
                : Optional.empty();
    }

    private static String digest(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return Long.toHexString(crc.getValue() << 32 | bytes.length);
    }

    private static Optional<String> text(JsonObject config, String name) {
        return config.members().get(name) instanceof String text && !text.isBlank()
                ? Optional.of(text)
                : Optional.empty();
    }

    /** The model that a name or a path means: of a hub's cache what was fetched, of a run's folder the run. */
    private static String model(String nameOrPath) {
        Matcher cached = HUB_CACHE.matcher(nameOrPath);
        if (cached.find()) {
            return cached.group(1).replace("--", "/");
        }
        List<String> parts = new ArrayList<>(List.of(nameOrPath.split("[/\\\\]+")));
        while (!parts.isEmpty() && GenericNames.contains(parts.get(parts.size() - 1))) {
            parts.remove(parts.size() - 1);
        }
        return String.join("/", parts);
    }

    private static String architecture(JsonObject config) {
        return Stream.of("model_type", "hidden_size", "num_hidden_layers", "num_attention_heads")
                .filter(config::has)
                .map(name -> name.replaceAll("^num_", "").replace('_', ' ') + " "
                        + config.members().get(name))
                .collect(Collectors.joining(", "));
    }
}
