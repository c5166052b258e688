package dev.mgit.cli.command.history;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.command.hooks.ProgressOptions;
import dev.mgit.cli.command.update.AfterCommit;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.FromOption;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.NewModelVersion;
import dev.mgit.hooks.WorkFolder;
import dev.mgit.hooks.commit.IncomingUpdate;
import dev.mgit.lineage.checkpoint.CommitRequest.Origin;
import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.sparse.SparseApply;
import dev.mgit.lineage.sparse.SparsePatch;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code mgit commit --sparse}: a version made of another and the elements that changed. */
final class SparseCommit {
    private final Context context;
    private final FromOption from;
    private final Optional<String> model;
    private final Optional<String> message;
    private final JsonOption json;
    private final WaitOption wait;

    SparseCommit(
            Context context,
            FromOption from,
            Optional<String> model,
            Optional<String> message,
            JsonOption json,
            WaitOption wait) {
        this.context = context;
        this.from = from;
        this.model = model;
        this.message = message;
        this.json = json;
        this.wait = wait;
    }

    void run(Path file) throws IOException {
        try (HookSession hooks = HookSession.open(context, wait);
                SparsePatch patch = SparsePatch.open(file)) {
            Session session = hooks.session();
            List<Origin> origins = from.origins(session, patch.kind());
            if (origins.size() != 1) {
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        "a sparse update applies to one version, not " + origins.size(),
                        "name it with --from REV");
            }
            NewModelVersion target = target(session, origins.get(0), file);
            WorkFolder work = WorkFolder.create(hooks.workspace().scratch().resolve("patches"));
            try {
                commit(
                        hooks,
                        patch,
                        origins.get(0).version(),
                        in(FolderTools.create(work.path().resolve("model")), target));
            } finally {
                work.delete();
            }
        }
    }

    private void commit(HookSession hooks, SparsePatch patch, VersionId parent, NewModelVersion version)
            throws IOException {
        Session session = hooks.session();
        new SparseApply(session.repository(), session.progress()).apply(patch, parent, version.folder());
        if (patch.changed() == 0 && version.previous().equals(Optional.of(parent))) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "nothing to commit: the sparse update changes no element of " + session.name(parent),
                    null);
        }
        AfterCommit.workflow(context, hooks, hooks.localExecutor(), ProgressOptions.lines(context))
                .run(new IncomingUpdate(hooks.workspace(), version), id -> tell(session, patch, version, id));
    }

    /** Where it goes, before there is a folder. */
    private NewModelVersion target(Session session, Origin origin, Path file) {
        Lineage lineage = session.repository().lineage();
        String name = model.orElseGet(() -> modelOf(session, origin.version()));
        GitLineage.requireModelName(name, lineage);
        Optional<VersionId> head = lineage.model(name).map(Model::head);
        boolean next = head.equals(Optional.of(origin.version()));
        String parentModel = lineage.version(origin.version()).model();
        boolean moved = head.isPresent()
                && !next
                && session.repository().graph().ownerOf(origin.version()).equals(Optional.of(name));
        if (moved) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "the sparse update is for " + origin.version().abbreviated() + ", but " + name + " has moved on to "
                            + head.get().abbreviated(),
                    "commit it as a new model with --model NEW");
        }
        List<ProvenanceEdge> edges = next
                ? List.of()
                : List.of(new ProvenanceEdge(origin.version(), parentModel, origin.kind(), origin.source()));
        String said = message.orElseGet(
                () -> (head.isPresent() ? "New version of " : "Add ") + name + " (" + file.getFileName() + ")");
        return new NewModelVersion(name, head, edges, said, file, Map.of(), true);
    }

    private static NewModelVersion in(Path folder, NewModelVersion target) {
        return new NewModelVersion(
                target.model(), target.previous(), target.origins(), target.message(), folder, Map.of(), true);
    }

    private static String modelOf(Session session, VersionId version) {
        List<String> models = session.repository().lineage().models().stream()
                .filter(candidate -> candidate.head().equals(version))
                .map(Model::name)
                .toList();
        if (models.size() != 1) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    session.name(version)
                            + (models.isEmpty()
                                    ? " is not the newest version of a model"
                                    : " heads " + models.size() + " models")
                            + ", so the target model is unclear",
                    "name a model with --model NAME");
        }
        return models.get(0);
    }

    private void tell(Session session, SparsePatch patch, NewModelVersion version, VersionId id) throws IOException {
        if (json.wanted()) {
            context.output().json(out -> {
                out.writeStringField("id", id.hex());
                out.writeStringField("model", version.model());
                if (version.previous().isPresent()) {
                    out.writeStringField("previous", version.previous().get().hex());
                }
                out.writeArrayFieldStart("from");
                for (ProvenanceEdge edge : version.origins()) {
                    out.writeStartObject();
                    out.writeStringField("id", edge.parent().hex());
                    out.writeStringField("model", edge.model());
                    out.writeStringField("kind", edge.kind().word());
                    out.writeEndObject();
                }
                out.writeEndArray();
                out.writeNumberField("changed_tensors", patch.tensors());
                out.writeNumberField("changed_elements", patch.changed());
            });
            return;
        }
        context.output()
                .line("[" + version.model() + " " + id.abbreviated() + "]"
                        + (version.previous().isEmpty() ? " (new model)" : ""));
        version.origins()
                .forEach(edge ->
                        context.output().line("  " + edge.kind().word() + " of " + session.name(edge.parent())));
        context.output()
                .line("  " + patch.changed() + (patch.changed() == 1 ? " element" : " elements") + " changed in "
                        + patch.tensors() + (patch.tensors() == 1 ? " tensor" : " tensors"));
    }
}
