package dev.mgit.lineage.graph;

import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.InMemoryLineage;
import dev.mgit.lineage.version.NewVersion;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionBuilder;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A lineage in memory with short ways to fill it. */
public final class MadeLineage {
    public static final Person ADA = new Person("Ada Lovelace", "ada@example.org");

    public final InMemoryLineage lineage = new InMemoryLineage();
    private int clock;

    /** A version builder whose time is later than all before. */
    public VersionBuilder version(String model) {
        return VersionBuilder.of(model).message(model + " " + ++clock).at(clock);
    }

    public VersionId commit(VersionBuilder builder) {
        NewVersion version = builder.build();
        Transaction change = lineage.begin("commit", ADA);
        VersionId id = change.write(version);
        change.setModel(version.model(), id);
        change.apply();
        return id;
    }

    public void deleteModel(String name) {
        Transaction change = lineage.begin("delete", ADA);
        change.deleteModel(name);
        change.apply();
    }

    public void addEdge(VersionId child, VersionId parent, String model, EdgeKind kind, Source source) {
        note(child, new EdgeNotes.Entry(EdgeNotes.Op.ADD, parent, model, kind, source, ADA, Instant.EPOCH));
    }

    public void removeEdge(VersionId child, VersionId parent, String model, EdgeKind kind) {
        note(child, new EdgeNotes.Entry(EdgeNotes.Op.REMOVE, parent, model, kind, Source.ADDED, ADA, Instant.EPOCH));
    }

    private void note(VersionId child, EdgeNotes.Entry entry) {
        EdgeNotes notes =
                lineage.note(EdgeNotes.NAMESPACE, child).map(EdgeNotes::parse).orElse(EdgeNotes.none());
        Transaction change = lineage.begin("edge", ADA);
        change.putNote(EdgeNotes.NAMESPACE, child, notes.with(entry).format());
        change.apply();
    }

    public LineageGraph graph() {
        return LineageGraph.of(lineage);
    }

    /** {@code length} versions of one model, oldest first. */
    public List<VersionId> chain(String model, int length) {
        List<VersionId> chain = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            VersionBuilder next = version(model);
            chain.add(commit(i == 0 ? next : next.after(chain.get(i - 1))));
        }
        return chain;
    }

    /**
     * Versions, each of a model of its own, made from up to {@code most} of the {@code recent} versions before it;
     * the last is made from all that have no child yet.
     */
    public List<VersionId> randomDag(Random random, int size, int most, int recent) {
        List<VersionId> made = new ArrayList<>();
        List<VersionId> childless = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            VersionBuilder next = version("m" + i);
            boolean last = i == size - 1;
            int parents = i == 0 ? 0 : 1 + random.nextInt(most);
            List<VersionId> from = new ArrayList<>(last ? childless : List.of());
            for (int p = 0; p < parents && !last; p++) {
                from.add(made.get(i - 1 - random.nextInt(Math.min(recent, i))));
            }
            from.stream().distinct().forEach(parent -> next.from(parent, "m", EdgeKind.FINETUNE));
            made.add(commit(next));
            childless.removeAll(from);
            childless.add(made.get(i));
        }
        return made;
    }
}
