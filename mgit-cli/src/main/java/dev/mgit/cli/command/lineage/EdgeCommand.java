package dev.mgit.cli.command.lineage;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Records what is learnt about a version's origin after it was made. */
@Command(
        name = "edge",
        description = {
            "Add or remove a provenance edge of an existing version.",
            "The version itself does not change; the edge is kept as a note with author and time."
        })
public final class EdgeCommand {
    private final Context context;

    @Mixin
    private final WaitOption wait = new WaitOption();

    EdgeCommand(Context context) {
        this.context = context;
    }

    @Command(name = "add", description = "Record that CHILD was derived from PARENT.")
    int add(
            @Parameters(paramLabel = "CHILD", description = "The derived version.") String child,
            @Parameters(paramLabel = "PARENT", description = "The version it was derived from.") String parent,
            @Parameters(paramLabel = "KIND", arity = "0..1", defaultValue = "finetune", description = "How.")
                    String kind)
            throws IOException {
        return change(EdgeNotes.Op.ADD, child, parent, kind);
    }

    @Command(name = "rm", description = "Remove the record that CHILD was derived from PARENT.")
    int rm(
            @Parameters(paramLabel = "CHILD", description = "The version.") String child,
            @Parameters(paramLabel = "PARENT", description = "The version it was not derived from.") String parent)
            throws IOException {
        return change(EdgeNotes.Op.REMOVE, child, parent, "");
    }

    private int change(EdgeNotes.Op op, String childName, String parentName, String kindWord) throws IOException {
        try (Session session = Session.open(context)) {
            String words = "edge " + op.name().toLowerCase(Locale.ROOT) + " " + childName + " " + parentName;
            String done = wait.changeTo(context, session, words, transaction -> {
                VersionId child = session.resolve(childName);
                VersionId parent = session.resolve(parentName);
                List<EdgeKind> kinds = kinds(session, op, child, parent, kindWord);
                transaction.putNote(
                        EdgeNotes.NAMESPACE,
                        child,
                        changed(session, op, child, parent, kinds).format());
                String word = op == EdgeNotes.Op.ADD ? kinds.get(0).word() + " of " : "no longer derived from ";
                return session.name(child) + ": " + word + session.name(parent);
            });
            context.output().line(done);
        }
        return 0;
    }

    /** The kinds of edges that are added or removed. */
    private static List<EdgeKind> kinds(
            Session session, EdgeNotes.Op op, VersionId child, VersionId parent, String kindWord) {
        Lineage lineage = session.repository().lineage();
        List<ProvenanceEdge> existing = lineage.version(child).origins().stream()
                .filter(edge -> edge.parent().equals(parent))
                .toList();
        if (op == EdgeNotes.Op.REMOVE && existing.isEmpty()) {
            throw MgitException.usage(session.name(child) + " has no edge to " + session.name(parent));
        }
        if (op == EdgeNotes.Op.REMOVE) {
            return existing.stream().map(ProvenanceEdge::kind).toList();
        }
        EdgeKind kind = EdgeKind.parse(kindWord);
        requireNew(session, lineage, child, parent, existing, kind);
        return List.of(kind);
    }

    private static void requireNew(
            Session session,
            Lineage lineage,
            VersionId child,
            VersionId parent,
            List<ProvenanceEdge> existing,
            EdgeKind kind) {
        if (existing.stream().anyMatch(edge -> edge.kind() == kind)) {
            throw MgitException.failed(
                    session.name(child) + " is already recorded as " + kind.word() + " of " + session.name(parent));
        }
        var ancestors = lineage.walk(List.of(parent));
        while (ancestors.hasNext()) {
            if (ancestors.next().id().equals(child)) {
                throw MgitException.usage(session.name(parent) + " was itself derived from " + session.name(child)
                        + ": the edge would create a cycle");
            }
        }
    }

    private static EdgeNotes changed(
            Session session, EdgeNotes.Op op, VersionId child, VersionId parent, List<EdgeKind> kinds) {
        Lineage lineage = session.repository().lineage();
        EdgeNotes notes =
                lineage.note(EdgeNotes.NAMESPACE, child).map(EdgeNotes::parse).orElse(EdgeNotes.none());
        for (EdgeKind kind : kinds) {
            notes = notes.with(new EdgeNotes.Entry(
                    op,
                    parent,
                    lineage.version(parent).model(),
                    kind,
                    ProvenanceEdge.Source.ADDED,
                    session.author(),
                    Instant.now()));
        }
        return notes;
    }
}
