package dev.mgit.lineage.sparse;

import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.VersionId;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code __metadata__} of a sparse update: the fields that TRL's {@code PatchMetadata} has, so that its readers take
 * the file, and mgit's own, which say what it applies to and what comes of it.
 *
 * @param parent the version it applies to, and its weights' {@link WeightSet#digest}
 * @param result the same of what it makes
 * @param kind how the result was made from the parent, where the lineage says so
 */
record PatchMetadata(
        VersionId parent,
        String parentSha256,
        VersionId result,
        String resultSha256,
        Optional<EdgeKind> kind,
        int tensors,
        long changed,
        long elements) {
    static final String FORMAT = "format";
    static final String FORMAT_NAME = "sparse_weight_patch";
    static final String SPARSE = "sparse";
    static final String ENCODING = "encoding";
    static final String PARENT = "mgit.parent";
    static final String PARENT_SHA256 = "mgit.parent_sha256";
    static final String RESULT = "mgit.version";
    static final String RESULT_SHA256 = "mgit.result_sha256";
    static final String KIND = "mgit.kind";

    Map<String, String> toMap() {
        var map = new LinkedHashMap<String, String>();
        map.put(FORMAT, FORMAT_NAME);
        map.put("version", "1");
        map.put(SPARSE, "True");
        map.put(ENCODING, "raw");
        map.put("num_changed_params", String.valueOf(tensors));
        map.put("total_changed_elements", String.valueOf(changed));
        map.put("total_elements", String.valueOf(elements));
        map.put("sparsity", String.format(Locale.ROOT, "%.8f", elements == 0 ? 1 : 1 - (double) changed / elements));
        map.put(PARENT, parent.hex());
        map.put(PARENT_SHA256, parentSha256);
        map.put(RESULT, result.hex());
        map.put(RESULT_SHA256, resultSha256);
        kind.ifPresent(how -> map.put(KIND, how.word()));
        return map;
    }
}
