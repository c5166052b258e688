package dev.mgit.lineage.imports;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A {@code lineage_graph.json} as the MGit of the paper writes it (arXiv 2307.07507, {@code utils/lineage/graph.py}). Only
 * read: the Python functions and test scripts that it names are never opened.
 *
 * @param nodes parents before children
 */
public record PublishedGraph(List<Node> nodes, Parameters parameters) {
    private static final int MAX_BYTES = 256 << 20;
    private static final String HINT = "give the lineage_graph.json that MGit wrote";

    /**
     * One model.
     *
     * @param name which is also the folder of its checkpoint, relative to the graph's
     * @param adapted models it was derived from
     * @param versioned models it is a newer version of
     * @param tests names of its tests
     * @param parameters ids of its parameters, by their names in the model
     * @param record what the graph says of it, as it stands there
     */
    public record Node(
            String name,
            String folder,
            List<String> adapted,
            List<String> versioned,
            List<String> tests,
            Map<String, String> parameters,
            JsonObject record) {}

    /**
     * What the graph says of its parameter store.
     *
     * @param home its folder, as it stands in the file
     * @param hashes names of files in it, by the ids of parameters
     * @param parents parameters that others began as, by the ids of the others
     * @param wholeModels whether differences are from zero, which MGit cannot read back
     */
    public record Parameters(
            String home, Map<String, String> hashes, Map<String, String> parents, boolean wholeModels) {
        private static Parameters of(JsonObject graph) {
            JsonObject none = new JsonObject(Map.of());
            JsonObject tracker = graph.optionalObject("entanglement_tracker").orElse(none);
            JsonObject from = graph.optionalObject("init_tracker").orElse(none);
            return new Parameters(
                    graph.optionalString("param_home").orElse("parameter_store"),
                    texts(tracker.optionalObject("global_to_hash").orElse(none)),
                    texts(from.optionalObject("global_init_from").orElse(none)),
                    Boolean.TRUE.equals(graph.members().get("single_model_compression")));
        }
    }

    private static Map<String, String> texts(JsonObject object) {
        Map<String, String> texts = new LinkedHashMap<>();
        object.members().keySet().forEach(name -> texts.put(name, object.string(name)));
        return texts;
    }

    public PublishedGraph {
        nodes = List.copyOf(nodes);
    }

    /** @throws MgitException of kind FAILED if it is no such graph, or contradicts itself */
    public static PublishedGraph read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new MgitException(MgitException.Kind.USAGE, "there is no file '" + file + "'", HINT);
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new MgitException(
                    MgitException.Kind.FAILED, "'" + file + "' has more than " + MAX_BYTES + " bytes", HINT);
        }
        try {
            return of(Json.parsePythonObject(Files.readAllBytes(file)));
        } catch (JsonException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED, "'" + file + "' is no lineage graph: " + e.getMessage(), HINT);
        }
    }

    private static PublishedGraph of(JsonObject graph) {
        JsonObject listed = graph.object("nodes");
        if (listed.members().isEmpty()) {
            throw new JsonException("it has no models");
        }
        JsonObject types = graph.optionalObject("model_type_to_tests").orElse(new JsonObject(Map.of()));
        Map<String, Node> nodes = new LinkedHashMap<>();
        for (String name : listed.members().keySet()) {
            nodes.put(name, node(name, listed.object(name), types));
        }
        for (Node node : nodes.values()) {
            for (String parent : parents(node)) {
                if (!nodes.containsKey(parent)) {
                    throw new JsonException(
                            "node '" + node.name() + "' has the parent '" + parent + "', which is no node");
                }
            }
        }
        List<Node> order = new ArrayList<>();
        Set<String> placed = new HashSet<>();
        for (boolean any = true; any && order.size() < nodes.size(); ) {
            any = false;
            for (Node node : nodes.values()) {
                if (!placed.contains(node.name()) && placed.containsAll(parents(node))) {
                    order.add(node);
                    placed.add(node.name());
                    any = true;
                }
            }
        }
        if (order.size() < nodes.size()) {
            String name = nodes.keySet().stream()
                    .filter(node -> !placed.contains(node))
                    .findFirst()
                    .orElseThrow();
            throw new JsonException("node '" + name + "' is among its own ancestors");
        }
        return new PublishedGraph(order, Parameters.of(graph));
    }

    private static Node node(String name, JsonObject record, JsonObject types) {
        JsonObject parents = record.optionalObject("parent_dict").orElse(new JsonObject(Map.of()));
        Set<String> tests = new LinkedHashSet<>(record.strings("test_name_list"));
        record.optionalString("model_type").filter(types::has).ifPresent(type -> tests.addAll(types.strings(type)));
        return new Node(
                name,
                record.optionalString("output_dir").orElse(name),
                parents.strings("adapted"),
                parents.strings("versioned"),
                List.copyOf(tests),
                texts(record.optionalObject("local_to_global_id").orElse(new JsonObject(Map.of()))),
                record);
    }

    private static Set<String> parents(Node node) {
        Set<String> all = new LinkedHashSet<>(node.versioned());
        all.addAll(node.adapted());
        return all;
    }
}
