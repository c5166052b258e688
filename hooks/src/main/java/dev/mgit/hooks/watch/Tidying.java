package dev.mgit.hooks.watch;

import dev.mgit.hooks.watch.WatchEvent.Kind;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Deletes the folders that a rule does not keep, of those that a version of the model has. */
final class Tidying {
    private final FolderRemoval removal;
    private final ModelHistory history;
    private final Consumer<WatchEvent> events;

    Tidying(Repository repository, ModelHistory history, Consumer<WatchEvent> events) {
        this.removal = new FolderRemoval(repository);
        this.history = history;
        this.events = events;
    }

    /** @param folders by path; those that go are taken out */
    void tidy(KeepRule keep, Map<Path, WatchedFolder> folders) throws IOException {
        // A version that was taken back since is no copy to rely on.
        List<WatchedFolder> whole = folders.values().stream()
                .filter(folder -> folder.version().filter(history::has).isPresent())
                .toList();
        List<KeepRule.Candidate> candidates = whole.stream()
                .map(WatchedFolder::candidate)
                .sorted(Comparator.comparingLong(KeepRule.Candidate::step))
                .toList();
        if (candidates.isEmpty()) {
            return;
        }
        Set<Path> kept = keep.keeps(candidates);
        Optional<String> best = candidates.get(candidates.size() - 1).state().best();
        for (WatchedFolder folder : whole) {
            boolean stays = kept.contains(folder.path()) || best.equals(Optional.of(folder.name()));
            if (!stays && remove(folder, folder.version().orElseThrow())) {
                folders.remove(folder.path());
            }
        }
    }

    private boolean remove(WatchedFolder folder, VersionId version) throws IOException {
        Optional<String> why = removal.remove(folder.path(), version);
        Kind kind = why.isEmpty() ? Kind.REMOVED : Kind.KEPT;
        if (why.isEmpty() || folder.isNews(why.get())) {
            events.accept(
                    WatchEvent.of(kind, folder.name(), version, folder.look().bytes(), why.orElse("")));
        }
        return why.isEmpty();
    }
}
