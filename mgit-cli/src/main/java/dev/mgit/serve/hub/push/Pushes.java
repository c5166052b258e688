package dev.mgit.serve.hub.push;

import dev.mgit.serve.http.HttpError;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import dev.mgit.serve.http.Route;
import dev.mgit.serve.hub.HubModels;
import java.io.IOException;
import java.time.Clock;
import java.util.List;

/** The Hub's endpoints for writing, as huggingface_hub 2.4 and hf_xet 1.8 call them. */
public final class Pushes implements AutoCloseable {
    private final Uploads uploads;
    private final CreatedModels created;
    private final PushTarget target;

    private Pushes(PushTarget target, Uploads uploads) {
        this.target = target;
        this.uploads = uploads;
        this.created = new CreatedModels(uploads.created(), uploads.clock());
    }

    /**
     * Takes the folder of uploads, and removes from it what is too old.
     *
     * @throws dev.mgit.delta.MgitException of kind CONFLICT if another server accepts pushes for the repository
     */
    public static Pushes to(PushTarget target, PushLimits limits) throws IOException {
        return new Pushes(target, Uploads.open(target.repository().files().uploads(), limits, Clock.systemUTC()));
    }

    /** Whether clients have made a model of that name that has no version yet. */
    public boolean isCreated(String model) {
        return created.contains(model);
    }

    /** What answers them. */
    public Served serve(HubModels models) {
        return new Served(this, models);
    }

    /** The endpoints at work. */
    public static final class Served implements AutoCloseable {
        private final PushedVersions versions;
        private final List<Route> routes;

        private Served(Pushes pushes, HubModels models) {
            Uploads uploads = pushes.uploads;
            this.versions = new PushedVersions(pushes.target, models);
            var stored = new StoredFiles(models);
            var xetFiles = new XetFiles(uploads);
            var branches = new Branches(models, pushes.created);
            var repositories = new Repositories(models, pushes.created, versions);
            var lfs = new LfsUploads(uploads, new UploadSignature(uploads.clock()), stored);
            var xet = new XetUploads(uploads, xetFiles, branches, stored);
            var commits = new CommitRequests(models, branches, pushes.created, uploads, xetFiles, stored, versions);
            this.routes = List.of(
                    Route.changing("POST", "/api/repos/create", repositories::create),
                    Route.changing("POST", "/api/validate-yaml", repositories::validate),
                    Route.changing("POST", "/api/models/{id:2}/branch/{branch}", repositories::branch),
                    Route.changing("POST", "/api/models/{id:2}/tag/{revision}", repositories::tag),
                    Route.changing("DELETE", "/api/models/{id:2}/tag/{tag}", repositories::deleteTag),
                    Route.changing(
                            "POST",
                            "/api/models/{id:2}/preupload/{revision}",
                            new Preupload(models, branches, uploads)::ask),
                    Route.changing("POST", "/api/models/{id:2}/commit/{revision}", commits::commit),
                    Route.changing("POST", "/{id:2}.git/info/lfs/objects/batch", lfs::batch),
                    Route.changing("POST", "/{id:2}.git/info/lfs/verify", lfs::verify),
                    Route.signed("PUT", "/{id:2}.git/info/lfs/upload/{oid}/{size}/{signature}", lfs::receive),
                    Route.changing("GET", "/api/models/{id:2}/xet-write-token/{revision}", xet::token),
                    Route.changing("POST", "/xet/{session}/v1/xorbs/default/{hash}", xet::xorb),
                    Route.changing("POST", "/xet/{session}/v1/shards", xet::shard));
        }

        public List<Route> routes() {
            return routes;
        }

        @Override
        public void close() {
            versions.close();
        }
    }

    /** What a server says to pushes that accepts none. */
    public static List<Route> refused() {
        return List.of(
                Route.of("POST", "/api/repos/create", Pushes::refuse),
                Route.of("POST", "/api/models/{id:2}/preupload/{revision}", Pushes::refuse),
                Route.of("POST", "/api/models/{id:2}/commit/{revision}", Pushes::refuse));
    }

    private static Reply refuse(Request request) {
        throw new HttpError(403, "this server does not accept pushes; 'mgit serve --accept-pushes' does");
    }

    @Override
    public void close() throws IOException {
        uploads.close();
    }
}
