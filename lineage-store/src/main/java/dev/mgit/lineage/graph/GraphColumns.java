package dev.mgit.lineage.graph;

import dev.mgit.lineage.graph.LineageGraph.CircularEdge;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Adds rows to a copy of a graph's columns. */
final class GraphColumns {
    private final LineageGraph old;
    private final GraphData data = new GraphData();
    private final Map<VersionId, Integer> numbers = new HashMap<>();
    private final Map<String, Integer> stringNumbers = new HashMap<>();
    private final List<String> strings;
    private final List<Integer> circular = new ArrayList<>();

    GraphColumns(GraphData start, LineageGraph old) {
        this.old = old;
        this.strings = new ArrayList<>(start.strings);
        strings.forEach(string -> stringNumbers.put(string, stringNumbers.size()));
        Arrays.stream(start.circular).forEach(circular::add);
    }

    /** @param rows parents before children; a parent neither known nor before its child is added by its id alone */
    void addAll(List<Version> rows, Set<CircularEdge> leftOut) {
        List<VersionId> absent = absentParents(rows, leftOut);
        int edges =
                rows.stream().mapToInt(row -> GraphBuilder.parents(row).size()).sum();
        grow(absent.size() + rows.size(), edges);
        List<byte[]> texts = new ArrayList<>();
        for (VersionId id : absent) {
            data.absent[data.size] = 1;
            data.model[data.size] = recordedModel(id, rows);
            addId(id, new byte[0], texts);
        }
        for (Version row : rows) {
            data.when[data.size] = row.when().getEpochSecond();
            data.model[data.size] = string(row.model());
            data.authorName[data.size] = string(row.author().name());
            data.authorMail[data.size] = string(row.author().email());
            addEdges(row, leftOut);
            addId(row.id(), TextCodec.encode(row.message(), row.trailers()), texts);
        }
        joinTexts(texts);
    }

    private List<VersionId> absentParents(List<Version> rows, Set<CircularEdge> leftOut) {
        Set<VersionId> before = new HashSet<>();
        Set<VersionId> absent = new LinkedHashSet<>();
        for (Version row : rows) {
            for (VersionId parent : GraphBuilder.parents(row)) {
                boolean known = before.contains(parent) || old.contains(parent);
                if (!known && !leftOut.contains(new CircularEdge(row.id(), parent))) {
                    absent.add(parent);
                }
            }
            before.add(row.id());
        }
        return List.copyOf(absent);
    }

    private int recordedModel(VersionId id, List<Version> rows) {
        for (Version row : rows) {
            if (row.previous().filter(id::equals).isPresent()) {
                return string(row.model());
            }
            for (ProvenanceEdge edge : row.origins()) {
                if (edge.parent().equals(id)) {
                    return string(edge.model());
                }
            }
        }
        return string("");
    }

    private void grow(int rows, int edges) {
        GraphData from = old.data;
        int size = from.size + rows;
        data.size = from.size;
        data.ids = Arrays.copyOf(from.ids, Math.multiplyExact(size, GraphData.ID_BYTES));
        data.when = Arrays.copyOf(from.when, size);
        data.model = Arrays.copyOf(from.model, size);
        data.authorName = Arrays.copyOf(from.authorName, size);
        data.authorMail = Arrays.copyOf(from.authorMail, size);
        data.absent = Arrays.copyOf(from.absent, size);
        data.textStart = Arrays.copyOf(from.textStart, size + 1);
        data.edgeStart = Arrays.copyOf(from.edgeStart, size + 1);
        data.edgeParent = Arrays.copyOf(from.edgeParent, from.edgeParent.length + edges);
        data.edgeCode = Arrays.copyOf(from.edgeCode, data.edgeParent.length);
        data.edgeModel = Arrays.copyOf(from.edgeModel, data.edgeParent.length);
        data.edgeStart[data.size] = from.edgeParent.length;
    }

    private void addId(VersionId id, byte[] text, List<byte[]> texts) {
        byte[] bytes = HexFormat.of().parseHex(id.hex());
        System.arraycopy(bytes, 0, data.ids, data.size * GraphData.ID_BYTES, GraphData.ID_BYTES);
        data.textStart[data.size + 1] = Math.addExact(data.textStart[data.size], text.length);
        data.edgeStart[data.size + 1] = Math.max(data.edgeStart[data.size + 1], data.edgeStart[data.size]);
        texts.add(text);
        numbers.put(id, data.size++);
    }

    private void addEdges(Version row, Set<CircularEdge> leftOut) {
        int at = data.edgeStart[data.size];
        if (row.previous().isPresent()) {
            data.edgeParent[at] = number(row.previous().get());
            data.edgeModel[at] = data.model[data.size];
            data.edgeCode[at++] = EdgeCode.VERSION;
        }
        for (ProvenanceEdge edge : row.origins()) {
            if (leftOut.contains(new CircularEdge(row.id(), edge.parent()))) {
                continue;
            }
            data.edgeParent[at] = number(edge.parent());
            data.edgeModel[at] = string(edge.model());
            data.edgeCode[at++] = EdgeCode.of(edge.kind(), edge.source());
        }
        data.edgeStart[data.size + 1] = at;
    }

    private boolean isKnown(VersionId id) {
        return numbers.containsKey(id) || old.contains(id);
    }

    private int number(VersionId id) {
        Integer made = numbers.get(id);
        return made != null ? made : old.node(id);
    }

    private int string(String value) {
        return stringNumbers.computeIfAbsent(value, key -> {
            strings.add(key);
            return strings.size() - 1;
        });
    }

    private void joinTexts(List<byte[]> texts) {
        data.text = Arrays.copyOf(old.data.text, data.textStart[data.size]);
        int at = old.data.text.length;
        for (byte[] text : texts) {
            System.arraycopy(text, 0, data.text, at, text.length);
            at += text.length;
        }
    }

    /** Adds what the names point at now. Call once, after all rows. */
    GraphData finish(Lineage lineage, Set<CircularEdge> leftOut, String notesDigest) {
        int edges = data.edgeStart[data.size];
        data.edgeParent = Arrays.copyOf(data.edgeParent, edges);
        data.edgeCode = Arrays.copyOf(data.edgeCode, edges);
        data.edgeModel = Arrays.copyOf(data.edgeModel, edges);
        var models =
                lineage.models().stream().filter(model -> isKnown(model.head())).toList();
        data.modelName = models.stream().mapToInt(model -> string(model.name())).toArray();
        data.modelHead = models.stream().mapToInt(model -> number(model.head())).toArray();
        var tags = lineage.tags().stream().filter(tag -> isKnown(tag.version())).toList();
        data.tagName = tags.stream().mapToInt(tag -> string(tag.name())).toArray();
        data.tagNode = tags.stream().mapToInt(tag -> number(tag.version())).toArray();
        for (CircularEdge edge : leftOut) {
            circular.add(number(edge.child()));
            circular.add(number(edge.parent()));
        }
        data.circular = circular.stream().mapToInt(Integer::intValue).toArray();
        data.strings = List.copyOf(strings);
        data.notesDigest = notesDigest;
        return data;
    }
}
