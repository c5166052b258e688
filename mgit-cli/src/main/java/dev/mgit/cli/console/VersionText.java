package dev.mgit.cli.console;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.lineage.checkpoint.LossReport;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Tag;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;

/** How a version is shown, as text and as JSON. */
public final class VersionText {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss Z", Locale.ROOT);

    private final Output output;
    private final Map<VersionId, List<String>> names = new HashMap<>();

    public VersionText(Lineage lineage, Output output) {
        this(lineage.models(), lineage.tags(), output);
    }

    public VersionText(LineageGraph graph, Output output) {
        this(graph.models(), graph.tags(), output);
    }

    private VersionText(List<Model> models, List<Tag> tags, Output output) {
        this.output = output;
        models.forEach(model -> name(model.head(), model.name()));
        tags.forEach(tag -> name(tag.version(), "tag: " + tag.name()));
    }

    private void name(VersionId version, String name) {
        names.computeIfAbsent(version, id -> new ArrayList<>()).add(name);
    }

    /** One line, and if wanted one more for each provenance edge. */
    public List<String> brief(Version version, boolean edges) {
        List<String> lines = new ArrayList<>();
        String lossy = LossReport.markOf(version)
                .map(bound -> " " + output.styled(Output.Style.RED, "[lossy " + bound + "]"))
                .orElse("");
        lines.add(id(version.id()) + decoration(version) + lossy + " " + version.subject());
        if (edges) {
            version.origins().forEach(edge -> lines.add("  " + edge(edge)));
        }
        return lines;
    }

    /** In the machine's zone; for a {@code ZoneId} Java would search mgit.jar for providers of rules. */
    private static String local(Instant when) {
        int seconds = TimeZone.getDefault().getOffset(when.getEpochSecond() * 1000) / 1000;
        return DATE.format(when.atOffset(ZoneOffset.ofTotalSeconds(seconds)));
    }

    /** The lines {@code git log} would print, with edges. */
    public List<String> full(Version version) {
        List<String> lines = new ArrayList<>();
        lines.add(output.styled(Output.Style.YELLOW, "version " + version.id().hex()) + decoration(version));
        lines.add("Model:    " + version.model());
        version.previous().ifPresent(previous -> lines.add("Replaces: " + previous.abbreviated()));
        version.origins().forEach(edge -> lines.add("From:     " + edge(edge)));
        lines.add("Author:   " + version.author());
        lines.add("Date:     " + local(version.when()));
        lines.add("");
        version.message().lines().forEach(line -> lines.add("    " + line));
        if (!version.trailers().isEmpty()) {
            lines.add("");
            version.trailers().forEach((key, value) -> lines.add("    " + key + ": " + value));
        }
        return lines;
    }

    private String id(VersionId id) {
        return output.styled(Output.Style.YELLOW, id.abbreviated());
    }

    private String decoration(Version version) {
        List<String> here = names.getOrDefault(version.id(), List.of());
        if (here.isEmpty()) {
            return version.model().isEmpty() ? "" : " " + output.styled(Output.Style.FAINT, version.model());
        }
        return " " + output.styled(Output.Style.GREEN, "(" + String.join(", ", here) + ")");
    }

    /** {@code finetune of bert-base@0123456789}. */
    public static String edge(ProvenanceEdge edge) {
        String source = edge.source() == ProvenanceEdge.Source.DECLARED
                ? ""
                : ", " + edge.source().word();
        return edge.kind().word() + " of " + edge.model() + "@" + edge.parent().abbreviated() + source;
    }

    /** Writes one object. */
    public void json(JsonGenerator json, Version version) throws IOException {
        json.writeStartObject();
        fields(json, version);
        json.writeEndObject();
    }

    /** Writes a version's fields into an object that is open. */
    public void fields(JsonGenerator json, Version version) throws IOException {
        json.writeStringField("id", version.id().hex());
        json.writeStringField("model", version.model());
        if (version.previous().isPresent()) {
            json.writeStringField("previous", version.previous().get().hex());
        }
        json.writeArrayFieldStart("from");
        for (ProvenanceEdge edge : version.origins()) {
            json.writeStartObject();
            json.writeStringField("id", edge.parent().hex());
            json.writeStringField("model", edge.model());
            json.writeStringField("kind", edge.kind().word());
            json.writeStringField("source", edge.source().word());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("names");
        for (String name : names.getOrDefault(version.id(), List.of())) {
            json.writeString(name);
        }
        json.writeEndArray();
        json.writeStringField("message", version.message());
        json.writeObjectFieldStart("trailers");
        for (Map.Entry<String, String> trailer : version.trailers().entrySet()) {
            json.writeStringField(trailer.getKey(), trailer.getValue());
        }
        json.writeEndObject();
        json.writeStringField("author", version.author().toString());
        json.writeStringField("when", version.when().toString());
    }
}
