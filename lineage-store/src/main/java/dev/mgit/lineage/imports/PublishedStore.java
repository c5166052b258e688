package dev.mgit.lineage.imports;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import dev.mgit.delta.layout.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parameter store of the published MGit: a file for each parameter, named by its SHA-256 and shape. A model's parameters
 * are put together as {@code model.safetensors}; what cannot be read exactly is refused.
 */
final class PublishedStore {
    private static final Pattern FILE = Pattern.compile("(?:.*_)?([0-9a-f]{64})_[0-9,]*", Pattern.DOTALL);
    private static final int CHUNK = 1 << 16;

    /** Differences upon differences; MGit itself has no bound. */
    private static final int DEEPEST = 64;

    private final Path home;
    private final PublishedGraph.Parameters parameters;

    private PublishedStore(Path home, PublishedGraph.Parameters parameters) {
        this.home = home;
        this.parameters = parameters;
    }

    /** The store of a graph, below the folder of its file: where the graph says, or where MGit puts it unasked. */
    static Optional<PublishedStore> of(PublishedGraph graph, Path folder) {
        for (String name : new String[] {graph.parameters().home(), "parameter_store"}) {
            Optional<Path> home = below(folder, name).filter(Files::isDirectory);
            if (home.isPresent()) {
                return Optional.of(new PublishedStore(home.get(), graph.parameters()));
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> below(Path folder, String name) {
        try {
            Path path = folder.resolve(name).normalize();
            return Optional.of(path).filter(found -> found.startsWith(folder) && !found.equals(folder));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Whether the store is said to have a node's parameters. */
    boolean has(PublishedGraph.Node node) {
        return !node.parameters().isEmpty()
                && parameters.hashes().keySet().containsAll(node.parameters().values());
    }

    /**
     * Writes a node's parameters under their own names, each held against its hash. Memory: a few megabytes, and what
     * differences are compressed to.
     *
     * @throws FormatException if one cannot be read exactly
     */
    void write(PublishedGraph.Node node, Path target) throws IOException {
        List<TensorSpec> specs = new ArrayList<>();
        for (Map.Entry<String, String> parameter : new TreeMap<>(node.parameters()).entrySet()) {
            try (ParameterReader reader = open(parameter.getKey(), parameter.getValue(), 0)) {
                if (!SafetensorsHeader.canHold(reader.spec())) {
                    throw new FormatException("tensor " + parameter.getKey() + " of dtype "
                            + reader.spec().dtype() + " has no place in a safetensors file");
                }
                specs.add(reader.spec());
            }
        }
        List<TensorSpec> order = SafetensorsHeader.inReferenceOrder(specs);
        try (FileChannel out = FileChannel.open(
                target.resolve("model.safetensors"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            write(out, SafetensorsHeader.of(order, Map.of("format", "pt")).bytes());
            for (TensorSpec spec : order) {
                String id = node.parameters().getOrDefault(spec.name(), "");
                try (ParameterReader reader = open(spec.name(), id, 0)) {
                    copy(reader, out);
                    reader.requireHash(sha256(id));
                } catch (FormatException e) {
                    throw e.in(file(id).getFileName() + " (" + spec.name() + ")");
                }
            }
        }
    }

    private static void copy(ParameterReader reader, FileChannel out) throws IOException {
        int width = reader.spec().dtype().bytes();
        byte[] buffer = new byte[CHUNK * width];
        long elements = reader.spec().elements();
        for (long done = 0; done < elements; done += CHUNK) {
            int some = (int) Math.min(CHUNK, elements - done);
            reader.read(buffer, some);
            write(out, ByteBuffer.wrap(buffer, 0, some * width));
        }
    }

    private static void write(FileChannel out, byte[] bytes) throws IOException {
        write(out, ByteBuffer.wrap(bytes));
    }

    private static void write(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private ParameterReader open(String name, String id, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new FormatException("parameter " + name + " is a difference of more than " + DEEPEST + " others");
        }
        return ParameterReader.open(name, file(id), () -> {
            String from = parameters.parents().get(id);
            if (from == null || parameters.wholeModels()) {
                throw new FormatException(
                        "it is a difference, and the graph does not say of which parameter, so that MGit cannot read it");
            }
            return open(name, from, depth + 1);
        });
    }

    private Path file(String id) {
        String name = parameters.hashes().getOrDefault(id, "");
        return below(home, name)
                .filter(Files::isRegularFile)
                .orElseThrow(() -> new FormatException("the parameter store has no file '" + name + "'"));
    }

    private String sha256(String id) {
        Matcher name = FILE.matcher(parameters.hashes().getOrDefault(id, ""));
        if (!name.matches()) {
            throw new FormatException("its name has no SHA-256");
        }
        return name.group(1);
    }
}
