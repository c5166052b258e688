package dev.mgit.cli.command.doctor;

import dev.mgit.cli.command.store.KnownSettings;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Session;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.remote.Remotes;
import dev.mgit.lineage.repository.LockHolder;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.RepositoryFiles;
import dev.mgit.lineage.version.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks at a repository: whether it opens, who works in it, and what was left undone. Changes nothing. */
final class RepositoryCheck {
    private static final String AREA = "repository";
    private static final Duration SKEW = Duration.ofMinutes(2);

    private final Checkup checkup;
    private final Context context;
    private final Repository repository;
    private final RepositoryFiles files;

    RepositoryCheck(Checkup checkup, Context context, Session session) {
        this.checkup = checkup;
        this.context = context;
        this.repository = session.repository();
        this.files = repository.files();
    }

    void run() {
        repository.warn(warning -> checkup.finding(AREA, warning, "run 'mgit fsck'"));
        checkup.fact(AREA, "place", files.mgit());
        checkup.attempt(AREA, this::lineage);
        checkup.attempt(AREA, this::store);
        checkup.attempt(AREA, this::lock);
        checkup.attempt(AREA, this::undone);
        checkup.attempt("permissions", this::access);
        checkup.attempt("settings", this::settings);
    }

    private void lineage() {
        checkup.fact(AREA, "models", repository.lineage().models().size());
        Optional<Operation> newest = repository.lineage().operations(1).stream().findFirst();
        if (newest.isPresent()) {
            Instant when = newest.get().when();
            checkup.fact(AREA, "newest operation", when);
            if (when.isAfter(Instant.now().plus(SKEW))) {
                checkup.finding(
                        "clock",
                        "the newest operation was at " + when + ", which is still to come by this machine's clock",
                        "set this machine's clock (timedatectl set-ntp true), and that of whoever wrote it");
            }
        }
    }

    private void store() {
        Optional<ParameterStore> opened = repository.parametersIfAny();
        opened.ifPresent(ParameterStore::close);
        checkup.fact(AREA, "parameters", opened.isPresent() ? "open" : "none yet");
    }

    private void lock() throws IOException {
        Optional<LockHolder> holder = LockHolder.of(files.lockFile());
        checkup.fact(
                AREA,
                "lock",
                holder.map(held -> (held.works() ? "held by " : "left by ") + held.name())
                        .orElse("free"));
        if (holder.isPresent() && !holder.get().works()) {
            checkup.finding(
                    AREA,
                    holder.get().name() + " died within a change",
                    "nothing to do: the next command that writes, such as 'mgit gc', puts that right");
        }
    }

    private void undone() throws IOException {
        long journals = entries(files.journal());
        if (journals > 0) {
            checkup.finding(
                    AREA,
                    journals + " checkouts were interrupted, or are under way",
                    "run any command that writes, such as 'mgit gc', as the user who ran them");
        }
        if (Files.exists(files.parametersDamaged())) {
            checkup.finding(
                    AREA,
                    files.parametersDamaged() + " holds a store that was rebuilt",
                    "remove it once 'mgit fsck' misses nothing");
        }
        for (Path work : List.of(files.merge().resolve("state.json"), files.bisect())) {
            if (Files.exists(work)) {
                checkup.fact(AREA, "in progress", work.startsWith(files.merge()) ? "a merge" : "a bisect");
            }
        }
    }

    private static long entries(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> found = Files.list(folder)) {
            return found.count();
        }
    }

    private void access() throws IOException {
        checkup.attempt("permissions", () -> repository.access().requireOurs());
        boolean shared = repository.access().isShared();
        checkup.fact("permissions", "shared", shared ? "with the group" : "no");
        Ownership.of(files.mgit(), context.user()).report(checkup, shared);
    }

    private void settings() {
        for (String name : repository.settings().all().keySet()) {
            boolean known = Remotes.isSetting(name)
                    || name.equalsIgnoreCase("safe.directory")
                    || KnownSettings.all().stream()
                            .anyMatch(setting -> setting.name().equalsIgnoreCase(name));
            if (!known) {
                checkup.finding(
                        "settings", "'" + name + "' is set but unknown", "run 'mgit config --unset " + name + "'");
            }
        }
        for (KnownSettings.Setting setting : KnownSettings.all()) {
            checkup.attempt("settings", () -> setting.check().accept(repository.settings()));
        }
    }
}
