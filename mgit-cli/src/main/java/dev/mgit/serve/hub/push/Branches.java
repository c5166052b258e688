package dev.mgit.serve.hub.push;

import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.hub.HubErrors;
import dev.mgit.serve.hub.HubModels;
import java.util.Optional;

/** What clients push to: a model, or another branch of it, which is a model too. */
final class Branches {
    private static final String HEADS = "refs/heads/";

    private final HubModels models;
    private final CreatedModels created;

    Branches(HubModels models, CreatedModels created) {
        this.models = models;
        this.created = created;
    }

    /**
     * A branch as it stands.
     *
     * @param id of the repository, as the client writes it
     * @param model what it is called here
     * @param head its newest version; empty if there is none yet
     */
    record Branch(String id, String model, Optional<VersionId> head) {}

    /** @throws dev.mgit.serve.http.HttpError if there is no such repository or branch */
    Branch find(String id, String revision) {
        String name = models.name(id);
        String branch = revision.startsWith(HEADS) ? revision.substring(HEADS.length()) : revision;
        String model = HubModels.branch(name, branch);
        Optional<VersionId> head = models.tryModel(model).map(Model::head);
        if (head.isEmpty() && !created.contains(model)) {
            if (!models.isEmpty(id)) {
                throw HubErrors.noRevision(models.model(id).name(), revision);
            }
            throw HubErrors.noRevision(name, revision);
        }
        return new Branch(id, model, head);
    }
}
