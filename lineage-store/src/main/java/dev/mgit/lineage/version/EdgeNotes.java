package dev.mgit.lineage.version;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern PERSON = Pattern.compile("(.*?) ?<([^<>]*)>", Pattern.DOTALL);

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
        List<Entry> entries = new ArrayList<>();
        String[] lines = new String(content, StandardCharsets.UTF_8).split("\n");
        for (int i = 0; i < lines.length; i++) {
            if (!lines[i].isBlank()) {
                try {
                    entries.add(entry(fields(lines[i])));
                } catch (IOException | DateTimeException | IllegalArgumentException | MgitException e) {
                    String message = "line " + (i + 1) + " of a note of edges cannot be understood: " + e.getMessage();
                    throw new MgitException(MgitException.Kind.INTEGRITY, message, null, e);
                }
            }
        }
        return new EdgeNotes(entries);
    }

    public byte[] format() {
        StringBuilder out = new StringBuilder();
        entries.forEach(entry -> out.append(line(entry)).append('\n'));
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** These notes and one more line. */
    public EdgeNotes with(Entry entry) {
        List<Entry> longer = new ArrayList<>(entries);
        longer.add(entry);
        return new EdgeNotes(longer);
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

    private static Entry entry(Map<String, String> fields) {
        Matcher by = PERSON.matcher(field(fields, "by"));
        if (!by.matches()) {
            throw new IllegalArgumentException("'by' is not of the form Name <mail>");
        }
        return new Entry(
                Op.valueOf(field(fields, "op").toUpperCase(Locale.ROOT)),
                new VersionId(field(fields, "parent")),
                field(fields, "model"),
                EdgeKind.parse(field(fields, "kind")),
                Source.valueOf(field(fields, "source").toUpperCase(Locale.ROOT)),
                new Person(by.group(1), by.group(2)),
                Instant.parse(field(fields, "when")));
    }

    private static String field(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("'" + name + "' is missing");
        }
        return value;
    }

    private static Map<String, String> fields(String line) throws IOException {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("not a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                if (parser.nextToken() == JsonToken.VALUE_STRING) {
                    fields.put(name, parser.getText());
                } else {
                    parser.skipChildren();
                }
            }
        }
        return fields;
    }

    private static String line(Entry entry) {
        StringWriter out = new StringWriter();
        try (var json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("op", word(entry.op()));
            json.writeStringField("parent", entry.parent().hex());
            json.writeStringField("model", entry.model());
            json.writeStringField("kind", entry.kind().word());
            json.writeStringField("source", word(entry.source()));
            json.writeStringField("by", entry.by().toString());
            json.writeStringField("when", entry.when().toString());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
