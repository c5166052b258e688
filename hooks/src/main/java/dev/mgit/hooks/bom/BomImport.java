package dev.mgit.hooks.bom;

import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.audit.ModelFiles;
import dev.mgit.hooks.audit.ModelFiles.FileFact;
import dev.mgit.hooks.bom.BillOfMaterials.Model;
import dev.mgit.hooks.bom.BillOfMaterials.Relative;
import dev.mgit.hooks.data.Statements;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes over what a bill of materials says of versions that are here, told by the digests of their files: ancestors
 * become edges, licences and data statements. Nothing it does not name changes, and nothing that is here is replaced.
 */
public final class BomImport {
    private final Workspace workspace;
    private final LineageGraph graph;
    private final Map<String, VersionId> byDigest = new HashMap<>();
    private final Set<VersionId> stated = new HashSet<>();

    /**
     * What came of an import.
     *
     * @param edges new edges, as sentences
     * @param facts versions with new statements, as sentences
     * @param absent components that no version here is
     * @param refused edges that would make a version its own ancestor
     */
    public record Imported(
            Map<String, VersionId> here,
            List<String> edges,
            List<String> facts,
            List<String> absent,
            List<String> refused) {}

    public BomImport(Workspace workspace) {
        this.workspace = workspace;
        this.graph = workspace.graph();
        index();
    }

    /** The oldest version with a file, or with exactly these files. */
    private void index() {
        var files = new ModelFiles(workspace.lineage());
        for (VersionId id : graph.versions()) {
            List<FileFact> all = files.of(id);
            ModelFiles.digest(all).ifPresent(digest -> byDigest.putIfAbsent(digest, id));
            all.stream()
                    .filter(file -> file.parameters() > 0)
                    .flatMap(file -> file.sha256().stream())
                    .forEach(digest -> byDigest.putIfAbsent(digest, id));
        }
    }

    /** @param source the document, as statements name it */
    public Imported carryOut(BillOfMaterials bom, String source) {
        return workspace.locked("import --bom", () -> {
            var result = new Imported(
                    new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            Transaction transaction = workspace.lineage().begin("import --bom " + source, workspace.author());
            for (Model model : bom.models()) {
                Optional<VersionId> found = find(model.version(), model.digests());
                if (found.isEmpty()) {
                    result.absent().add(model.title());
                    continue;
                }
                result.here().put(model.title(), found.get());
                edges(transaction, model, found.get(), result);
                facts(transaction, model, found.get(), source, result);
            }
            if (!result.edges().isEmpty() || !result.facts().isEmpty()) {
                transaction.apply();
            }
            return result;
        });
    }

    private Optional<VersionId> find(String version, List<String> digests) {
        if (VersionId.isId(version) && graph.contains(new VersionId(version))) {
            return Optional.of(new VersionId(version));
        }
        return digests.stream().filter(byDigest::containsKey).map(byDigest::get).findFirst();
    }

    private void edges(Transaction transaction, Model model, VersionId child, Imported result) {
        EdgeNotes notes = workspace
                .lineage()
                .note(EdgeNotes.NAMESPACE, child, EdgeNotes::parse)
                .orElse(EdgeNotes.none());
        EdgeNotes more = notes;
        for (Relative ancestor : model.ancestors()) {
            more = with(more, model, child, ancestor, Source.ADDED, result);
        }
        for (Relative variant : model.variants()) {
            more = with(more, model, child, variant, Source.INFERRED, result);
        }
        if (!more.equals(notes)) {
            transaction.putNote(EdgeNotes.NAMESPACE, child, more.format());
        }
    }

    private EdgeNotes with(
            EdgeNotes notes, Model model, VersionId child, Relative relative, Source source, Imported result) {
        Optional<VersionId> parent = find(relative.version(), relative.digests());
        if (parent.isEmpty()) {
            result.absent().add(relative.name() + ", from which " + model.title() + " was made");
            return notes;
        }
        Version version = workspace.lineage().version(child);
        boolean known = version.previous().equals(parent)
                || notes.apply(version.origins()).stream()
                        .anyMatch(edge -> edge.parent().equals(parent.get()));
        if (known || parent.get().equals(child)) {
            return notes;
        }
        String sentence = graph.modelOf(child) + "@" + child.abbreviated() + ": ";
        String name = graph.modelOf(parent.get()) + "@" + parent.get().abbreviated();
        if (graph.isAncestor(child, parent.get())) {
            result.refused().add(sentence + name + " was itself made from it");
            return notes;
        }
        EdgeKind kind = kind(model.notes(), relative.name());
        result.edges().add(sentence + kind.word() + " of " + name + ", " + source.word());
        return notes.with(new EdgeNotes.Entry(
                EdgeNotes.Op.ADD,
                parent.get(),
                workspace.lineage().version(parent.get()).model(),
                kind,
                source,
                workspace.author(),
                Instant.now()));
    }

    /** A pedigree has no kinds; mgit's own bills say it in the notes. */
    private static EdgeKind kind(String notes, String parent) {
        for (EdgeKind kind : EdgeKind.values()) {
            Matcher said = Pattern.compile("(^|; )" + kind.word() + " of " + Pattern.quote(parent) + "@")
                    .matcher(notes);
            if (said.find()) {
                return kind;
            }
        }
        return EdgeKind.OTHER;
    }

    private void facts(Transaction transaction, Model model, VersionId id, String source, Imported result) {
        // Of several components that are the same files, the first that states something counts.
        if (model.licence().isEmpty() && model.data().isEmpty() || !stated.add(id)) {
            return;
        }
        Lineage lineage = workspace.lineage();
        var statements = new Statements(
                model.licence(), model.data(), source, workspace.author().toString(), Instant.now());
        boolean same = Statements.of(lineage, id)
                .filter(before -> before.licence().equals(statements.licence())
                        && before.data().equals(statements.data())
                        && before.source().equals(source))
                .isPresent();
        if (!same) {
            transaction.putNote(Statements.NAMESPACE, id, statements.toBytes());
            List<String> what = new ArrayList<>();
            model.licence().ifPresent(what::add);
            model.data().forEach(data -> what.add("data " + data.name()));
            result.facts().add(graph.modelOf(id) + "@" + id.abbreviated() + ": " + String.join(", ", what));
        }
    }
}
