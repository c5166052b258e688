package dev.mgit.lineage.architecture;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.format.ShardIndex;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.CheckpointTensors;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What can be known of a checkpoint without its weights: its tensors' names, dtypes and shapes, and its configuration.
 *
 * @param tensors the weights, no training state; their data were not read and may be out of reach by now
 * @param config what {@code config.json} says, where there is one
 * @param formats names of the formats the tensors are in, e.g. {@code safetensors}
 */
public record ModelHeader(List<CheckpointTensor> tensors, Optional<JsonObject> config, List<String> formats) {
    private static final String CONFIG = "config.json";
    private static final String INDEX = ".index.json";
    private static final int MAX_CONFIG = 16 << 20;

    public ModelHeader {
        tensors = List.copyOf(tensors);
        formats = List.copyOf(formats);
    }

    /** Opens files that lie beside one another. */
    private interface Folder {
        ByteSource open(String name) throws IOException;
    }

    /** A committed version: its manifests say all. */
    public static ModelHeader of(Repository repository, VersionId version) throws IOException {
        Optional<byte[]> config = repository.lineage().checkpoint(version).files().stream()
                .filter(file -> file.path().equals(CONFIG) && file.stored() == FileEntry.Storage.VERBATIM)
                .findFirst()
                .map(file -> repository.lineage().verbatim(version, file.path()));
        try (CheckpointTensors tensors = CheckpointTensors.of(repository, version)) {
            return of(tensors, config);
        }
    }

    /** A file, a folder, or the index of a checkpoint in several files. */
    public static ModelHeader of(Path path) throws IOException {
        Path folder = Files.isDirectory(path)
                ? path
                : Objects.requireNonNull(path.toAbsolutePath().getParent());
        Path config = folder.resolve(CONFIG);
        Optional<byte[]> bytes = Files.isRegularFile(config) && Files.size(config) <= MAX_CONFIG
                ? Optional.of(Files.readAllBytes(config))
                : Optional.empty();
        if (path.toString().endsWith(INDEX)) {
            List<FileByteSource> open = new ArrayList<>();
            try {
                return ofIndex(String.valueOf(path.getFileName()), bytes, name -> {
                    open.add(FileByteSource.open(folder.resolve(name)));
                    return open.get(open.size() - 1);
                });
            } finally {
                for (FileByteSource file : open) {
                    file.close();
                }
            }
        }
        try (CheckpointTensors tensors = CheckpointTensors.of(path)) {
            return of(tensors, bytes);
        }
    }

    /** One file that need not be on disk; nothing is known of its configuration. */
    public static ModelHeader of(String name, ByteSource source) throws IOException {
        try (CheckpointTensors tensors = CheckpointTensors.of(name, source)) {
            return of(tensors, Optional.empty());
        }
    }

    /**
     * A file behind a web address, or the index of several.
     *
     * @throws MgitException of kind REMOTE if it cannot be had
     */
    public static ModelHeader of(URI address) throws IOException {
        HttpClient client = HttpFile.client();
        Folder folder = name -> HttpFile.open(client, beside(address, name));
        String name = HttpFile.name(address);
        if (name.endsWith(INDEX)) {
            return ofIndex(name, config(folder), folder);
        }
        try (CheckpointTensors tensors = CheckpointTensors.of(name, HttpFile.open(client, address))) {
            return of(tensors, config(folder));
        }
    }

    /** The configuration beside a file on the web; none where it cannot be had, for it is not what was asked for. */
    private static Optional<byte[]> config(Folder folder) throws IOException {
        try {
            ByteSource source = folder.open(CONFIG);
            return source.size() > MAX_CONFIG ? Optional.empty() : Optional.of(all(source));
        } catch (MgitException e) {
            return Optional.empty();
        }
    }

    private static byte[] all(ByteSource source) throws IOException {
        byte[] bytes = new byte[(int) source.size()];
        source.read(0, bytes, 0, bytes.length);
        return bytes;
    }

    /** The address of a file beside another, with the same query. */
    private static URI beside(URI address, String name) {
        String path = address.getRawPath();
        String folder = path.substring(0, path.lastIndexOf('/') + 1);
        String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
        String encoded = URI.create("x:/").relativize(asPath(name)).getRawPath();
        return URI.create(address.getScheme() + "://" + address.getRawAuthority() + folder + encoded + query);
    }

    private static URI asPath(String name) {
        try {
            return new URI("x", null, "/" + name, null);
        } catch (java.net.URISyntaxException e) {
            throw new FormatException("'" + name + "' cannot be the name of a file on the web");
        }
    }

    private static ModelHeader ofIndex(String name, Optional<byte[]> config, Folder folder) throws IOException {
        ShardIndex index;
        try {
            index = ShardIndex.parse(folder.open(name));
        } catch (FormatException e) {
            throw e.in(name);
        }
        Map<String, ByteSource> shards = new LinkedHashMap<>();
        for (String file : new TreeSet<>(index.files().values())) {
            shards.put(file, folder.open(file));
        }
        try (CheckpointTensors tensors = CheckpointTensors.of(shards)) {
            ModelHeader header = of(tensors, config);
            Set<String> found = new HashSet<>();
            header.tensors.forEach(tensor -> found.add(tensor.name()));
            index.files().forEach((tensor, file) -> {
                if (!found.contains(tensor)) {
                    throw new FormatException(
                            name + " says that tensor " + tensor + " is in " + file + ", which does not have it");
                }
            });
            return header;
        }
    }

    private static ModelHeader of(CheckpointTensors tensors, Optional<byte[]> config) throws IOException {
        Optional<JsonObject> parsed;
        try {
            parsed = config.map(Json::parsePythonObject);
        } catch (JsonException e) {
            throw new FormatException("config.json is not JSON: " + e.getMessage());
        }
        return new ModelHeader(tensors.headers(), parsed, tensors.formats());
    }
}
