package dev.mgit.lineage.export;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a version's files are, in the words of a ModelPack artifact. */
final class PackContents {
    private static final String CONFIG = "config.json";
    private static final int LONGEST_CONFIG = 1 << 20;
    private static final String[] SCALES = {"K", "M", "B", "T", "Q"};

    private final Lineage lineage;
    private final VersionId version;
    private final List<ModelPack.Layer> layers = new ArrayList<>();
    /** Elements by dtype, and bytes by format. */
    private final EnumMap<Dtype, Long> elements = new EnumMap<>(Dtype.class);

    private final TreeMap<String, Long> formats = new TreeMap<>();

    PackContents(Lineage lineage, VersionId version) {
        this.lineage = lineage;
        this.version = version;
        lineage.checkpoint(version).files().forEach(this::add);
    }

    private void add(FileEntry file) {
        boolean read = false;
        String sha256;
        if (file.stored() == FileEntry.Storage.PARAMETERS) {
            Manifest manifest = lineage.manifest(version, file.path());
            sha256 = manifest.sha256();
            read = !manifest.format().equals(Formats.OPAQUE)
                    && !manifest.tensors().isEmpty();
            if (read) {
                formats.merge(manifest.format(), manifest.size(), Long::sum);
                Map<String, String> ties = manifest.ties();
                manifest.tensors().stream()
                        .filter(tensor -> !ties.containsKey(tensor.name()))
                        .map(Manifest.Tensor::spec)
                        .filter(spec -> spec.dtype() != Dtype.OPAQUE)
                        .forEach(spec -> elements.merge(spec.dtype(), spec.elements(), Long::sum));
            }
        } else {
            sha256 = ModelPack.sha256(lineage.verbatim(version, file.path()));
        }
        layers.add(new ModelPack.Layer(
                file.path(), file.size(), file.executable(), sha256, LayerType.of(file, read), read));
    }

    List<ModelPack.Layer> layers() {
        return layers;
    }

    /** Format, number of parameters and precision, where there are tensors. */
    Map<String, Object> technical() {
        var technical = new LinkedHashMap<String, Object>();
        most(formats).ifPresent(format -> technical.put("format", format));
        long count = elements.values().stream().mapToLong(Long::longValue).sum();
        if (count > 0) {
            technical.put("paramSize", size(count));
        }
        most(elements).ifPresent(dtype -> technical.put("precision", precision(dtype)));
        return technical;
    }

    /** What {@code config.json} says. */
    Optional<String> family() {
        try {
            return lineage.checkpoint(version)
                    .file(CONFIG)
                    .filter(file -> file.stored() == FileEntry.Storage.VERBATIM && file.size() <= LONGEST_CONFIG)
                    .map(file -> Json.parseObject(lineage.verbatim(version, CONFIG)))
                    .map(config -> config.members().get("model_type"))
                    .map(type -> type instanceof String text ? text : "")
                    .filter(text -> !text.isBlank());
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    private static <K> Optional<K> most(Map<K, Long> counts) {
        return counts.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
    }

    /** One digit after the point and a scale: {@code 6.7B}. */
    static String size(long count) {
        double value = count / 1000.0;
        int scale = 0;
        while (value >= 999.95 && scale < SCALES.length - 1) {
            value /= 1000;
            scale++;
        }
        return String.format(Locale.ROOT, "%.1f", Math.max(value, 0.1)) + SCALES[scale];
    }

    private static String precision(Dtype dtype) {
        String name = dtype.name().toLowerCase(Locale.ROOT);
        return name.matches("f(16|32|64)")
                ? "fp" + name.substring(1)
                : name.matches("i\\d+") ? "int" + name.substring(1) : name;
    }
}
