package dev.mgit.cli.command.history;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.json.Json;
import dev.mgit.lineage.checkpoint.StoreSettings;
import dev.mgit.lineage.diff.Diff;
import dev.mgit.lineage.diff.DiffRequest;
import dev.mgit.lineage.diff.DiffSide;
import dev.mgit.lineage.diff.Diffs;
import dev.mgit.lineage.diff.report.DiffJson;
import dev.mgit.lineage.diff.report.DiffReport.Detail;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a version changed: against the version before it, or against the first one it was derived from. */
final class VersionDiff implements LogDetail {
    private final Session session;
    private final Output output;
    private final Detail detail;
    private final Diffs diffs;

    VersionDiff(Session session, Output output, Detail detail) {
        this.session = session;
        this.output = output;
        this.detail = detail;
        this.diffs = new Diffs(
                Optional.of(session.repository()),
                session.progress(),
                StoreSettings.of(session.repository().settings()).threads());
    }

    private Optional<Diff> diff(Version version) throws IOException {
        Optional<VersionId> before = version.previous()
                .or(() -> version.origins().stream().findFirst().map(edge -> edge.parent()));
        if (before.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(diffs.diff(new DiffRequest(
                side(before.get()),
                side(version.id()),
                Optional.empty(),
                Optional.empty(),
                DiffRequest.Depth.NUMBERS)));
    }

    private DiffSide side(VersionId id) {
        return new DiffSide.Revision(session.name(id), id);
    }

    @Override
    public List<String> lines(Version version) throws IOException {
        Optional<Diff> diff = diff(version);
        List<String> lines = new ArrayList<>();
        lines.add("");
        if (diff.isPresent()) {
            lines.addAll(DiffLines.of(output, diff.get(), detail));
        } else {
            var checkpoint = session.repository().lineage().checkpoint(version.id());
            lines.add("A root: " + checkpoint.files().size() + " files, " + Output.bytes(checkpoint.size()));
        }
        return lines;
    }

    @Override
    public void json(JsonGenerator json, Version version) throws IOException {
        Optional<Diff> diff = diff(version);
        if (diff.isPresent()) {
            json.writeFieldName("diff");
            json.writeRawValue(new String(Json.pretty(DiffJson.of(diff.get())), StandardCharsets.UTF_8).strip());
        }
    }
}
