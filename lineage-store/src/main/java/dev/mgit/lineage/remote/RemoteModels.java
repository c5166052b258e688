package dev.mgit.lineage.remote;

import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.git.GitRemote;
import dev.mgit.lineage.version.ExchangeTransaction;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The models of a remote beside those here. */
public final class RemoteModels {
    private RemoteModels() {}

    /** How a model there is to the one here. */
    public enum State {
        UP_TO_DATE,
        /** Here are versions that are not there. */
        AHEAD,
        /** There are versions that are not here. */
        BEHIND,
        DIVERGED,
        ONLY_HERE,
        ONLY_THERE;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** One model. */
    public record Compared(String name, Optional<VersionId> there, Optional<VersionId> here, State state) {}

    /** Asks a remote for its models; fetches nothing, so that versions unknown here count as new there. */
    public static List<Compared> compare(GitExchange here, GitRemote there) {
        Map<String, VersionId> theirs = new RemoteReferences(there.references()).models();
        Map<String, VersionId> ours = new RemoteReferences(here.references()).models();
        var names = new TreeSet<>(theirs.keySet());
        names.addAll(ours.keySet());
        List<Compared> all = new ArrayList<>();
        for (String name : names) {
            Optional<VersionId> a = Optional.ofNullable(theirs.get(name));
            Optional<VersionId> b = Optional.ofNullable(ours.get(name));
            all.add(new Compared(name, a, b, state(here, a, b)));
        }
        return all;
    }

    private static State state(GitExchange here, Optional<VersionId> there, Optional<VersionId> mine) {
        if (there.isEmpty() || mine.isEmpty()) {
            return there.isEmpty() ? State.ONLY_HERE : State.ONLY_THERE;
        }
        if (there.equals(mine)) {
            return State.UP_TO_DATE;
        }
        if (here.isAncestor(there.get(), mine.get())) {
            return State.AHEAD;
        }
        boolean known = here.isVersion(there.get());
        return !known || here.isAncestor(mine.get(), there.get()) ? State.BEHIND : State.DIVERGED;
    }

    /** Forgets all that is known here of a remote. The caller holds the writer lock. */
    public static void forget(GitExchange here, String remote, Person author) {
        ExchangeTransaction transaction = here.begin("remote rm " + remote, author);
        here.remoteModels(remote).keySet().forEach(model -> transaction.deleteRemoteModel(remote, model));
        here.lineage().privateRefs("remotes/" + remote + "/").keySet().forEach(transaction::deletePrivateRef);
        transaction.apply();
    }
}
