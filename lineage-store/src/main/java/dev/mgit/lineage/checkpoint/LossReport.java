package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a lossy version lost: measured on what the store gives back, and kept beside the version's files as
 * {@value #RECORD}.
 *
 * @param bound greatest absolute error any element may have
 * @param files those that differ from their originals
 */
public record LossReport(double bound, List<FileLoss> files) {
    /** Name of the record in a version's tree. */
    public static final String RECORD = "lossy.json";

    /** The trailer that tells a lossy version from a bit-exact one in every log. */
    public static final String TRAILER = "Lossy";

    private static final int SCHEMA = 1;

    /**
     * One file.
     *
     * @param sha256 of the original, which is not in the store
     */
    public record FileLoss(String path, String sha256, List<TensorLoss> tensors) {
        public FileLoss {
            tensors = List.copyOf(tensors);
        }
    }

    /**
     * One tensor.
     *
     * @param largest greatest absolute error of an element
     * @param relative root of the sum of squared errors, as a share of that of the original's elements
     */
    public record TensorLoss(String name, double largest, double relative) {}

    public LossReport {
        files = List.copyOf(files);
    }

    /** Tensors that are not the original's. */
    public List<TensorLoss> tensors() {
        return files.stream().flatMap(file -> file.tensors().stream()).toList();
    }

    /** The bound as people write it: {@code 0.0001}. */
    public String boundText() {
        return new BigDecimal(Double.toString(bound)).stripTrailingZeros().toPlainString();
    }

    /** The bound a version is marked with; empty for a bit-exact one. */
    public static Optional<String> markOf(Version version) {
        return Optional.ofNullable(version.trailers().get(TRAILER));
    }

    /** What a version lost; empty for a bit-exact one. */
    public static Optional<LossReport> of(Lineage lineage, VersionId version) {
        return lineage.extra(version, RECORD).map(bytes -> parse(version, bytes));
    }

    byte[] toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.put("bound", bound);
        json.put("files", files.stream().map(LossReport::json).toList());
        return Json.pretty(json);
    }

    private static Map<String, Object> json(FileLoss file) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("path", file.path());
        json.put("original_sha256", file.sha256());
        json.put("tensors", file.tensors().stream().map(LossReport::json).toList());
        return json;
    }

    private static Map<String, Object> json(TensorLoss tensor) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", tensor.name());
        json.put("largest_error", tensor.largest());
        json.put("relative_error", tensor.relative());
        return json;
    }

    private static LossReport parse(VersionId version, byte[] bytes) {
        try {
            JsonObject json = Json.parseObject(bytes);
            if (json.number("schema") > SCHEMA) {
                throw new MgitException(
                        MgitException.Kind.FAILED,
                        "the loss record of version " + version.abbreviated() + " was written by a newer mgit",
                        "use a newer mgit");
            }
            return new LossReport(
                    real(json, "bound"),
                    json.objects("files").stream().map(LossReport::file).toList());
        } catch (JsonException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "the loss record of version " + version.abbreviated() + " is damaged: " + e.getMessage(),
                    null,
                    e);
        }
    }

    private static FileLoss file(JsonObject json) {
        return new FileLoss(
                json.string("path"),
                json.string("original_sha256"),
                json.objects("tensors").stream()
                        .map(tensor -> new TensorLoss(
                                tensor.string("name"), real(tensor, "largest_error"), real(tensor, "relative_error")))
                        .toList());
    }

    private static double real(JsonObject json, String name) {
        return json.optionalReal(name).orElseThrow(() -> new JsonException("member '" + name + "' is missing"));
    }
}
