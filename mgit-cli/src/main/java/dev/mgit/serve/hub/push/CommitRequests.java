package dev.mgit.serve.hub.push;

import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import dev.mgit.serve.hub.HubModels;
import dev.mgit.serve.hub.HubTree;
import dev.mgit.serve.hub.RepoId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code POST /api/models/ID/commit/REVISION}: one commit is one version. */
final class CommitRequests {
    private static final int LONGEST_AGENT = 200;
    private static final String NOTHING = "0".repeat(40);

    private final HubModels models;
    private final Branches branches;
    private final CreatedModels created;
    private final Uploads uploads;
    private final XetFiles xet;
    private final StoredFiles stored;
    private final PushedVersions versions;

    CommitRequests(
            HubModels models,
            Branches branches,
            CreatedModels created,
            Uploads uploads,
            XetFiles xet,
            StoredFiles stored,
            PushedVersions versions) {
        this.models = models;
        this.branches = branches;
        this.created = created;
        this.uploads = uploads;
        this.xet = xet;
        this.stored = stored;
        this.versions = versions;
    }

    Reply commit(Request request) throws IOException {
        if (request.query("create_pr").filter(value -> !value.equals("0")).isPresent()) {
            throw Refusals.malformed("there are no pull requests here; push to a branch");
        }
        Branches.Branch branch = branches.find(request.part("id"), request.part("revision"));
        HubTree before = branch.head().map(models::tree).orElseGet(() -> new HubTree(List.of()));
        try (var files = new PushedFiles(uploads, xet, stored, branch.head(), before)) {
            CommitBody.Header header = CommitBody.read(request.body(), uploads.limits(), files);
            header.parent().ifPresent(expected -> requireHead(branch, expected));
            files.requireSense();
            if (branch.head().isPresent() && files.changesNothing()) {
                return reply(request, branch.head().get());
            }
            var pushed = new PushedVersions.Pushed(header, Repositories.by(request), agent(request));
            VersionId made = versions.commit(branch, files, pushed);
            created.remove(branch.model());
            return reply(request, made);
        } catch (IOException e) {
            throw Refusals.of(e);
        }
    }

    private static void requireHead(Branches.Branch branch, String expected) {
        String head = branch.head().map(VersionId::hex).orElse(NOTHING);
        if (!head.startsWith(expected) || expected.length() < 7) {
            throw Refusals.moved(PushedVersions.moved(branch, branch.head()));
        }
    }

    /** Without control characters, which no trailer has. */
    private static String agent(Request request) {
        Optional<String> said = request.header("User-Agent")
                .map(text -> text.replaceAll("\\p{C}", " ").strip())
                .filter(text -> !text.isEmpty());
        return said.map(text -> text.substring(0, Math.min(LONGEST_AGENT, text.length())))
                .orElse("unknown");
    }

    /** Clients take the repository's id from the URL, and want a namespace in it. */
    private static Reply reply(Request request, VersionId version) {
        String id = request.part("id");
        String full = id.contains("/") ? id : RepoId.NO_NAMESPACE + id;
        return Reply.json(Map.of(
                "success",
                true,
                "commitOid",
                version.hex(),
                "commitUrl",
                request.origin() + "/" + full + "/commit/" + version.hex(),
                "hookOutput",
                ""));
    }
}
