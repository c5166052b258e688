package dev.mgit.lineage.export;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The manifest of a CNCF ModelPack artifact and its configuration, as bytes that depend on nothing but what they say.
 * After the ModelPack specification (github.com/modelpack/model-spec) and version 1.1 of the OCI image specification.
 */
final class ModelPack {
    static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
    static final String ARTIFACT_TYPE = "application/vnd.cncf.model.manifest.v1+json";
    private static final String CONFIG_TYPE = "application/vnd.cncf.model.config.v1+json";
    private static final String FILE_PATH = "org.cncf.model.filepath";
    private static final String FILE_METADATA = "org.cncf.model.file.metadata+json";
    private static final String UNTESTED = "org.cncf.model.file.mediatype.untested";
    private static final String TITLE = "org.opencontainers.image.title";

    private final byte[] config;
    private final byte[] manifest;
    private final List<Layer> layers;

    private ModelPack(byte[] config, byte[] manifest, List<Layer> layers) {
        this.config = config;
        this.manifest = manifest;
        this.layers = List.copyOf(layers);
    }

    /**
     * One file.
     *
     * @param sha256 of its bytes, in hex
     * @param read whether a reader understood it, so that its type is more than a guess by its name
     */
    record Layer(String path, long size, boolean executable, String sha256, LayerType type, boolean read) {
        Map<String, Object> descriptor(String time) {
            var metadata = new LinkedHashMap<String, Object>();
            metadata.put("name", path.substring(path.lastIndexOf('/') + 1));
            metadata.put("mode", executable ? 0755 : 0644);
            metadata.put("uid", 0);
            metadata.put("gid", 0);
            metadata.put("size", size);
            metadata.put("mtime", time);
            metadata.put("typeflag", (int) '0');
            var annotations = new LinkedHashMap<String, Object>();
            annotations.put(FILE_PATH, path);
            annotations.put(FILE_METADATA, Json.text(metadata));
            annotations.put(UNTESTED, String.valueOf(!read));
            annotations.put(TITLE, path);
            Map<String, Object> descriptor = ModelPack.descriptor(type.mediaType(), sha256, size);
            descriptor.put("annotations", annotations);
            return descriptor;
        }
    }

    /** @param annotations of the manifest, in order */
    static ModelPack of(
            Map<String, Object> about,
            Map<String, Object> technical,
            List<Layer> layers,
            String time,
            Map<String, String> annotations) {
        var config = new LinkedHashMap<String, Object>();
        config.put("descriptor", about);
        var files = new LinkedHashMap<String, Object>();
        files.put("type", "layers");
        files.put(
                "diffIds",
                layers.stream().map(layer -> "sha256:" + layer.sha256()).toList());
        config.put("modelfs", files);
        config.put("config", technical);
        byte[] configBytes = bytes(config);
        var manifest = new LinkedHashMap<String, Object>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", MANIFEST_TYPE);
        manifest.put("artifactType", ARTIFACT_TYPE);
        manifest.put("config", descriptor(CONFIG_TYPE, sha256(configBytes), configBytes.length));
        List<Object> descriptors = new ArrayList<>();
        layers.forEach(layer -> descriptors.add(layer.descriptor(time)));
        manifest.put("layers", descriptors);
        manifest.put("annotations", annotations);
        return new ModelPack(configBytes, bytes(manifest), layers);
    }

    /** The configuration: what the model is called and made of. */
    byte[] config() {
        return config.clone();
    }

    /** The image manifest. */
    byte[] manifest() {
        return manifest.clone();
    }

    /** In the order of the manifest. */
    List<Layer> layers() {
        return layers;
    }

    /** What names the artifact: {@code sha256:…}. */
    String digest() {
        return "sha256:" + sha256(manifest);
    }

    /** The entry point of a layout that holds this one artifact. */
    byte[] index(String tag) {
        Map<String, Object> descriptor = descriptor(MANIFEST_TYPE, sha256(manifest), manifest.length);
        descriptor.put("artifactType", ARTIFACT_TYPE);
        descriptor.put("annotations", Map.of("org.opencontainers.image.ref.name", tag));
        var index = new LinkedHashMap<String, Object>();
        index.put("schemaVersion", 2);
        index.put("mediaType", "application/vnd.oci.image.index.v1+json");
        index.put("manifests", List.of(descriptor));
        return bytes(index);
    }

    private static Map<String, Object> descriptor(String type, String sha256, long size) {
        var descriptor = new LinkedHashMap<String, Object>();
        descriptor.put("mediaType", type);
        descriptor.put("digest", "sha256:" + sha256);
        descriptor.put("size", size);
        return descriptor;
    }

    private static byte[] bytes(Object json) {
        return Json.text(json).getBytes(StandardCharsets.UTF_8);
    }

    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(Hashes.sha256().digest(bytes));
    }
}
