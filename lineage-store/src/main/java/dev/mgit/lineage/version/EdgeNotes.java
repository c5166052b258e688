package dev.mgit.lineage.version;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Provenance edges added to or withdrawn from one version after it was made. A version is immutable, so they are its
 * note in the namespace {@value #NAMESPACE}: one JSON object a line, applied in order over the declared edges.
 *
 * <pre>{"op":"add","parent":"&lt;40 hex&gt;","model":"bert-base","kind":"finetune","source":"added",
 * "by":"Ada &lt;ada@example.org&gt;","when":"2026-01-31T12:00:00Z"}</pre>
 *
 * <p>Line by line, so that a line-wise union of two people's notes is again a note; a repeated line changes nothing.
 */
public record EdgeNotes(List<Entry> entries) {
    public static final String NAMESPACE = "edges";

    /** What a line does. */
    public enum Op {
        ADD,
        REMOVE
    }

    /**
     * One line.
     *
     * @param model the parent's model name when the line was written
     */
    public record Entry(Op op, VersionId parent, String model, EdgeKind kind, Source source, Person by, Instant when) {
        ProvenanceEdge edge() {
            return new ProvenanceEdge(parent, model, kind, source);
        }
    }

    public EdgeNotes {
        entries = List.copyOf(entries);
    }

    public static EdgeNotes none() {
        return new EdgeNotes(List.of());
    }

    /**
     * Reads a note. Fields this version of mgit does not know are passed over.
     *
     * @throws MgitException of kind INTEGRITY, naming the line, if a line cannot be understood
     */
    public static EdgeNotes parse(byte[] content) {
        return new EdgeNotes(NoteLines.parse(content, "edges", EdgeNotes::entry));
    }

    public byte[] format() {
        return NoteLines.format(entries, EdgeNotes::line);
    }

    /** These notes and one more line. */
    public EdgeNotes with(Entry entry) {
        List<Entry> longer = new ArrayList<>(entries);
        longer.add(entry);
        return new EdgeNotes(longer);
    }

    /** The lines of both, each once, in the order in which they were written. */
    public EdgeNotes union(EdgeNotes other) {
        var all = new LinkedHashSet<>(entries);
        all.addAll(other.entries);
        return new EdgeNotes(
                all.stream().sorted(Comparator.comparing(Entry::when)).toList());
    }

    /**
     * The edges as they stand after these notes. An edge is its parent and kind: adding one that is there already
     * leaves it as it is, so a declared edge stays declared.
     */
    public List<ProvenanceEdge> apply(List<ProvenanceEdge> declared) {
        List<ProvenanceEdge> edges = new ArrayList<>(declared);
        for (Entry entry : entries) {
            boolean there = edges.stream().anyMatch(edge -> same(edge, entry));
            if (entry.op() == Op.REMOVE) {
                edges.removeIf(edge -> same(edge, entry));
            } else if (!there) {
                edges.add(entry.edge());
            }
        }
        return List.copyOf(edges);
    }

    private static boolean same(ProvenanceEdge edge, Entry entry) {
        return edge.parent().equals(entry.parent()) && edge.kind() == entry.kind();
    }

    private static Entry entry(JsonObject line) {
        return new Entry(
                Op.valueOf(line.string("op").toUpperCase(Locale.ROOT)),
                new VersionId(line.string("parent")),
                line.string("model"),
                EdgeKind.parse(line.string("kind")),
                Source.parse(line.string("source").toLowerCase(Locale.ROOT)),
                Person.parse(line.string("by")),
                Instant.parse(line.string("when")));
    }

    private static Map<String, String> line(Entry entry) {
        Map<String, String> line = new LinkedHashMap<>();
        line.put("op", entry.op().name().toLowerCase(Locale.ROOT));
        line.put("parent", entry.parent().hex());
        line.put("model", entry.model());
        line.put("kind", entry.kind().word());
        line.put("source", entry.source().word());
        line.put("by", entry.by().toString());
        line.put("when", entry.when().toString());
        return line;
    }
}
