package dev.mgit.lineage.remote;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.ExchangeTransaction;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A fetch, after which the models here move on to where they are there, as far as nothing was committed here that is not
 * there. A model that both moved stays, and is named.
 */
public final class Pull {
    private final Exchange exchange;
    private final Consumer<List<VersionId>> judge;

    public Pull(Exchange exchange) {
        this(exchange, versions -> {});
    }

    /** @param judge throws if versions that are new here may not be what models are moved to */
    public Pull(Exchange exchange, Consumer<List<VersionId>> judge) {
        this.exchange = exchange;
        this.judge = judge;
    }

    /**
     * A model that moved.
     *
     * @param from empty if it is new here
     */
    public record Moved(String model, Optional<VersionId> from, VersionId to) {}

    /**
     * What a pull did.
     *
     * @param ahead models that have versions the remote has not
     * @param diverged models that both sides moved
     */
    public record Report(Fetch.Report fetched, List<Moved> moved, List<String> ahead, List<String> diverged) {}

    /**
     * @param models globs of the models to move; empty is all
     * @throws MgitException of kind USAGE if a glob fits none
     */
    public Report run(Remote remote, List<String> models, boolean prune) throws IOException {
        Fetch.Report fetched = new Fetch(exchange).run(remote, prune);
        try (GitExchange here = exchange.repository().exchange()) {
            WriterLock lock = exchange.locks().take("mgit pull " + remote.name());
            try (lock) {
                return move(here, remote, chosen(here, remote, models), fetched);
            }
        }
    }

    private static Map<String, VersionId> chosen(GitExchange here, Remote remote, List<String> globs) {
        Map<String, VersionId> all = here.remoteModels(remote.name());
        for (String glob : globs) {
            if (all.keySet().stream().noneMatch(new Glob(glob))) {
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        "no model of " + remote.name() + " matches '" + glob + "'",
                        "'mgit remote show " + remote.name() + "' lists them");
            }
        }
        all.keySet().removeIf(model -> !globs.isEmpty() && !Glob.any(globs, model));
        return all;
    }

    private Report move(GitExchange here, Remote remote, Map<String, VersionId> theirs, Fetch.Report fetched) {
        Map<String, VersionId> ours = new TreeMap<>();
        here.lineage().models().forEach(model -> ours.put(model.name(), model.head()));
        List<Moved> moved = new ArrayList<>();
        List<String> ahead = new ArrayList<>();
        List<String> diverged = new ArrayList<>();
        theirs.forEach((model, head) -> {
            Optional<VersionId> mine = Optional.ofNullable(ours.get(model));
            if (mine.isEmpty()) {
                if (isWhole(here, model, head, fetched) && canBe(here, model, moved)) {
                    moved.add(new Moved(model, mine, head));
                }
            } else if (!mine.get().equals(head)) {
                if (here.isAncestor(mine.get(), head)) {
                    if (isWhole(here, model, head, fetched)) {
                        moved.add(new Moved(model, mine, head));
                    }
                } else {
                    (here.isAncestor(head, mine.get()) ? ahead : diverged).add(model);
                }
            }
        });
        judge.accept(here.between(moved.stream().map(Moved::to).toList(), ours.values()).stream()
                .filter(here::isVersion)
                .toList());
        ExchangeTransaction transaction = here.begin("pull " + remote.name(), exchange.author());
        moved.forEach(each -> transaction.setModel(each.model(), each.to()));
        Optional.ofNullable(here.lineage().privateRefs(Fetch.registry(remote)).get(Fetch.registry(remote)))
                .ifPresent(transaction::mergeRegistry);
        transaction.apply();
        return new Report(fetched, moved, ahead, diverged);
    }

    /** A model is not moved to what cannot be read: it stays promised by the remote, and is no damage here. */
    private boolean isWhole(GitExchange here, String model, VersionId head, Fetch.Report fetched) {
        boolean whole = fetched.parameters().lacking().stream().noneMatch(lacking -> here.isAncestor(lacking, head));
        if (!whole) {
            exchange.notice().accept("model '" + model + "' stays where it is");
        }
        return whole;
    }

    /** Whether a model of that name can be made beside those there are and those about to be. */
    private boolean canBe(GitExchange here, String model, List<Moved> moved) {
        List<Model> models = new ArrayList<>(here.lineage().models());
        moved.forEach(each -> models.add(new Model(each.model(), each.to())));
        try {
            GitLineage.requireModelName(model, models);
            GitLineage.requireModelName(model, here.lineage());
            return true;
        } catch (MgitException e) {
            exchange.notice().accept("model '" + model + "' is passed over: " + e.getMessage());
            return false;
        }
    }
}
