package dev.mgit.cli.command.remote;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Exchanges;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.Table;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.git.GitRemote;
import dev.mgit.lineage.git.RemoteAddress;
import dev.mgit.lineage.remote.PromisedVersions;
import dev.mgit.lineage.remote.Remote;
import dev.mgit.lineage.remote.RemoteModels;
import dev.mgit.lineage.remote.RemoteParameters;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists, adds, shows and removes remotes. */
@Command(
        name = "remote",
        description = {
            "List, add, show or remove remotes.",
            "A remote is a Git repository for the lineage and a store for the parameters."
        })
public final class RemoteCommand implements Callable<Integer> {
    private final Context context;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show addresses too.")
    private boolean verbose;

    @Mixin
    private final JsonOption json = new JsonOption();

    @Mixin
    private final WaitOption wait = new WaitOption();

    RemoteCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        return list();
    }

    @Command(name = "list", description = "List remotes.")
    int list() throws IOException {
        try (Session session = Session.open(context)) {
            List<Remote> remotes = Exchanges.remotes(session).list();
            if (json.wanted()) {
                context.output().json(out -> {
                    out.writeArrayFieldStart("remotes");
                    for (Remote remote : remotes) {
                        out.writeStartObject();
                        out.writeStringField("name", remote.name());
                        out.writeStringField("url", remote.address().toString());
                        if (remote.store().isPresent()) {
                            out.writeStringField("store", remote.store().get());
                        }
                        out.writeBooleanField("lineage_only", remote.lineageOnly());
                        out.writeArrayFieldStart("filter");
                        for (String glob : remote.filter()) {
                            out.writeString(glob);
                        }
                        out.writeEndArray();
                        out.writeEndObject();
                    }
                    out.writeEndArray();
                });
                return 0;
            }
            if (!verbose) {
                remotes.forEach(remote -> context.output().line(remote.name()));
                return 0;
            }
            Table table = context.output().table("Remote", "Lineage", "Store");
            remotes.forEach(remote -> table.row(
                    remote.name(), remote.address().toString(), remote.store().orElse("-")));
            table.print();
        }
        return 0;
    }

    @Command(
            name = "add",
            description = {
                "Add a remote.",
                "LINEAGE-URL is a bare Git repository: a path, file:, ssh:, https: or user@host:path. mgit runs your own"
                        + " ssh, and asks Git's credential helpers.",
                "STORE-URL is file:PATH or s3://BUCKET/PREFIX. Without --store, a fetch takes the one the lineage names."
            })
    int add(
            @Parameters(paramLabel = "NAME", description = "Name of the remote, such as origin.") String name,
            @Parameters(paramLabel = "LINEAGE-URL", description = "Where its lineage is.") String url,
            @Option(names = "--store", paramLabel = "STORE-URL", description = "Where its parameters are.") @Nullable
                    String store,
            @Option(names = "--lineage-only", description = "Do not fetch parameters until a command needs them.")
                    boolean lineageOnly,
            @Option(
                            names = "--filter",
                            paramLabel = "GLOB",
                            description = "Fetch parameters of these models only (repeatable).")
                    @Nullable
                    List<String> filter)
            throws IOException {
        try (Session session = Session.open(context)) {
            RemoteAddress address = RemoteAddress.parse(url, context.directory());
            address.requireNoWorkingRepository();
            var remote = new Remote(
                    name,
                    address,
                    Optional.ofNullable(store).map(place -> Exchanges.store(context, place)),
                    lineageOnly,
                    Optional.ofNullable(filter).orElse(List.of()));
            WriterLock lock = wait.lock(context, session.repository(), "mgit remote add " + name);
            try (lock) {
                Exchanges.remotes(session).requireNew(name);
                RemoteParameters.prepare(Exchanges.of(context, session, wait), remote);
                Exchanges.remotes(session).add(remote);
            }
        }
        return 0;
    }

    @Command(name = "rm", description = "Remove a remote, and what is known of its models.")
    int rm(
            @Parameters(paramLabel = "NAME", description = "The remote.") String name,
            @Option(names = "--force", description = "Remove it though models here have their parameters only there.")
                    boolean force)
            throws IOException {
        try (Session session = Session.open(context)) {
            Remote remote = Exchanges.remotes(session).get(name);
            if (remote.isPartial() && !force) {
                PromisedVersions.requireHere(session.repository(), remote);
            }
            WriterLock lock = wait.lock(context, session.repository(), "mgit remote rm " + name);
            try (lock;
                    GitExchange here = session.repository().exchange()) {
                RemoteModels.forget(here, name, session.author());
                Exchanges.remotes(session).remove(name);
            }
        }
        return 0;
    }

    @Command(name = "show", description = "Ask a remote what it has, and compare.")
    int show(@Parameters(paramLabel = "NAME", description = "The remote.") String name) throws IOException {
        try (Session session = Session.open(context)) {
            Remote remote = Exchanges.remotes(session).get(name);
            List<RemoteModels.Compared> models;
            try (GitExchange here = session.repository().exchange();
                    GitRemote there =
                            here.remote(remote.address(), context.terminal().environment(), context.output()::note)) {
                models = RemoteModels.compare(here, there);
            }
            if (json.wanted()) {
                print(remote, models);
                return 0;
            }
            context.output().line("Lineage  " + remote.address());
            context.output().line("Store    " + remote.store().orElse("none"));
            Table table = context.output().table("Model", "There", "Here", "State");
            models.forEach(model -> table.row(
                    model.name(),
                    shown(model.there()),
                    shown(model.here()),
                    model.state().word()));
            table.print();
        }
        return 0;
    }

    private void print(Remote remote, List<RemoteModels.Compared> models) throws IOException {
        context.output().json(out -> {
            out.writeStringField("name", remote.name());
            out.writeStringField("url", remote.address().toString());
            out.writeStringField("store", remote.store().orElse(null));
            out.writeArrayFieldStart("models");
            for (RemoteModels.Compared model : models) {
                out.writeStartObject();
                out.writeStringField("name", model.name());
                out.writeStringField("there", model.there().map(VersionId::hex).orElse(null));
                out.writeStringField("here", model.here().map(VersionId::hex).orElse(null));
                out.writeStringField("state", model.state().word());
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }

    private static String shown(Optional<VersionId> version) {
        return version.map(VersionId::abbreviated).orElse("-");
    }
}
