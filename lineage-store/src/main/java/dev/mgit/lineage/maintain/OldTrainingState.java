package dev.mgit.lineage.maintain;

import dev.mgit.lineage.maintain.GcReport.OfModel;
import dev.mgit.lineage.version.DroppedState;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Tag;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The files of training state that old versions of models can do without. Never those of the newest versions of any
 * model, of tagged versions, or of versions that are checked out or that something else under way holds on to.
 */
final class OldTrainingState {
    private final DropRequest request;
    private final Map<VersionId, List<FileEntry>> files = new LinkedHashMap<>();

    private final List<OfModel> models = new ArrayList<>();

    private OldTrainingState(DropRequest request) {
        this.request = request;
    }

    static OldTrainingState find(Lineage lineage, DropRequest request, Collection<VersionId> checkedOut) {
        Set<VersionId> kept = new HashSet<>(checkedOut);
        kept.addAll(lineage.privateRefs("").values());
        lineage.tags().stream().map(Tag::version).forEach(kept::add);
        Map<Model, List<VersionId>> histories = new LinkedHashMap<>();
        for (Model model : lineage.models()) {
            List<VersionId> history = history(lineage, model);
            histories.put(model, history);
            kept.addAll(history.subList(0, Math.min(request.keepLast(), history.size())));
        }
        var found = new OldTrainingState(request);
        histories.forEach((model, history) -> {
            if (request.models().isEmpty() || request.models().stream().anyMatch(glob -> glob.test(model.name()))) {
                found.add(lineage, model.name(), history, kept);
            }
        });
        return found;
    }

    private static List<VersionId> history(Lineage lineage, Model model) {
        Set<VersionId> history = new LinkedHashSet<>();
        Optional<VersionId> at = Optional.of(model.head());
        while (at.isPresent() && history.add(at.get())) {
            at = lineage.version(at.get()).previous();
        }
        return List.copyOf(history);
    }

    private void add(Lineage lineage, String model, List<VersionId> history, Set<VersionId> kept) {
        int versions = 0;
        int count = 0;
        long bytes = 0;
        for (VersionId version : history) {
            if (kept.contains(version) || files.containsKey(version)) {
                continue;
            }
            List<FileEntry> state = lineage.checkpoint(version).files().stream()
                    .filter(DroppedState::mayGo)
                    .toList();
            if (!state.isEmpty()) {
                files.put(version, state);
                versions++;
                count += state.size();
                bytes += state.stream().mapToLong(FileEntry::size).sum();
            }
        }
        if (versions > 0) {
            models.add(new OfModel(model, versions, count, bytes));
        }
    }

    boolean isEmpty() {
        return files.isEmpty();
    }

    List<OfModel> models() {
        return models;
    }

    /** Whether a file of a version is to go. */
    boolean contains(VersionId version, FileEntry file) {
        return files.getOrDefault(version, List.of()).contains(file);
    }

    /** Writes down what goes, by whom and why, before anything does. */
    void record(Lineage lineage) {
        String rule = "--keep-last " + request.keepLast();
        Instant now = Instant.ofEpochSecond(Instant.now().getEpochSecond());
        Transaction transaction = lineage.begin("gc --drop-training-state " + rule, request.by());
        files.forEach((version, gone) -> {
            DroppedState notes = lineage.note(DroppedState.NAMESPACE, version, DroppedState::parse)
                    .orElse(DroppedState.none());
            for (FileEntry file : gone) {
                notes = notes.with(new DroppedState.Entry(DroppedState.Op.DROP, file.path(), rule, request.by(), now));
            }
            transaction.putNote(DroppedState.NAMESPACE, version, notes.format());
        });
        transaction.apply();
    }
}
