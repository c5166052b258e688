package dev.mgit.hooks.commit;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.NewModelVersion;
import dev.mgit.hooks.Workspace;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A folder of mgit's own on its way to be a model's newest version. The lock is held from storing to publishing. */
public final class IncomingUpdate implements Incoming<VersionId> {
    private final Workspace workspace;
    private final NewModelVersion version;
    private Workspace.@Nullable Held lock;
    private @Nullable Transaction transaction;
    private @Nullable VersionId stored;

    public IncomingUpdate(Workspace workspace, NewModelVersion version) {
        this.workspace = workspace;
        this.version = version;
    }

    @Override
    public List<Candidate> check() {
        return List.of(Candidate.of(version));
    }

    @Override
    public void store() {
        lock = workspace.lock("commit");
        if (!workspace.lineage().model(version.model()).map(Model::head).equals(version.previous())) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "'" + version.model() + "' has got a new version meanwhile; nothing was committed",
                    "commit it as a new model with --model NEW, or from that version");
        }
        Transaction begun = workspace.lineage().begin("commit " + version.model(), workspace.author());
        stored = workspace.write(begun, version);
        transaction = begun;
    }

    @Override
    public List<VersionId> pending() {
        return List.of(result());
    }

    @Override
    public boolean judge() {
        return true;
    }

    @Override
    public void publish() {
        Transaction begun = Objects.requireNonNull(transaction, "nothing is stored yet");
        begun.setModel(version.model(), result());
        begun.apply();
    }

    @Override
    public VersionId result() {
        return Objects.requireNonNull(stored, "nothing is stored yet");
    }

    @Override
    public List<VersionId> published() {
        return List.of(result());
    }

    @Override
    public void close() {
        if (lock != null) {
            lock.close();
        }
    }
}
