package dev.mgit.lineage.version;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes small versions for tests. Tensors are made: their object ids are hashes of a text that stands for the data. */
public final class VersionBuilder {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final String model;
    private @Nullable VersionId previous;
    private final List<ProvenanceEdge> origins = new ArrayList<>();
    private String message;
    private Person author = new Person("Ada Lovelace", "ada@example.org");
    private Instant when = START;
    private final Map<String, String> trailers = new LinkedHashMap<>();
    private final List<FileEntry> files = new ArrayList<>();
    private final Map<String, byte[]> verbatim = new LinkedHashMap<>();
    private final Map<String, Manifest> manifests = new LinkedHashMap<>();
    private final List<String> folders = new ArrayList<>();
    private final Map<String, byte[]> extra = new LinkedHashMap<>();

    private VersionBuilder(String model) {
        this.model = model;
        this.message = model;
    }

    public static VersionBuilder of(String model) {
        return new VersionBuilder(model);
    }

    public VersionBuilder after(VersionId version) {
        previous = version;
        return this;
    }

    public VersionBuilder from(VersionId parent, String parentModel, EdgeKind kind) {
        origins.add(new ProvenanceEdge(parent, parentModel, kind, Source.DECLARED));
        return this;
    }

    public VersionBuilder message(String text) {
        message = text;
        return this;
    }

    public VersionBuilder by(String name, String email) {
        author = new Person(name, email);
        return this;
    }

    /** Seconds after the first instant of 2026. */
    public VersionBuilder at(long seconds) {
        when = START.plusSeconds(seconds);
        return this;
    }

    public VersionBuilder trailer(String key, String value) {
        trailers.put(key, value);
        return this;
    }

    public VersionBuilder file(String path, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        files.add(new FileEntry(path, bytes.length, false, FileEntry.Storage.VERBATIM));
        verbatim.put(path, bytes);
        return this;
    }

    /** Adds a folder that holds nothing. */
    public VersionBuilder folder(String path) {
        folders.add(path);
        return this;
    }

    public VersionBuilder extra(String name, String text) {
        extra.put(name, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Adds {@code model.safetensors} with these tensors in order, the values standing for their data. */
    public VersionBuilder tensors(Map<TensorSpec, String> data) {
        List<Manifest.Entry> entries = new ArrayList<>();
        long offset = 0;
        for (Map.Entry<TensorSpec, String> tensor : data.entrySet()) {
            long length = tensor.getKey().byteLength();
            ObjectId object = new ObjectId(sha256(tensor.getValue()));
            entries.add(new Manifest.Entry(offset, length, Optional.of(tensor.getKey()), object));
            offset += length;
        }
        return manifest("model.safetensors", new Manifest("safetensors", offset, sha256(data.toString()), entries));
    }

    public VersionBuilder manifest(String path, Manifest manifest) {
        files.add(new FileEntry(path, manifest.size(), false, FileEntry.Storage.PARAMETERS));
        manifests.put(path, manifest);
        return this;
    }

    public NewVersion build() {
        return new NewVersion(
                model,
                Optional.ofNullable(previous),
                List.copyOf(origins),
                message,
                author,
                when,
                new LinkedHashMap<>(trailers),
                List.copyOf(files),
                Map.copyOf(verbatim),
                Map.copyOf(manifests),
                List.copyOf(folders),
                List.of(),
                Optional.empty(),
                Map.copyOf(extra));
    }

    /** The object id that {@link #tensors} gives to data. */
    public static ObjectId object(String data) {
        return new ObjectId(sha256(data));
    }

    private static String sha256(String text) {
        return HexFormat.of().formatHex(Hashes.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
