package dev.mgit.serve.web;

import dev.mgit.lineage.diff.Diff;
import dev.mgit.lineage.diff.DiffRequest;
import dev.mgit.lineage.diff.DiffSide;
import dev.mgit.lineage.diff.Diffs;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * What {@code mgit diff} says of two versions. Weights are streamed on one thread, and for so long only: where that is
 * not enough, the answer says what differs and not how much.
 */
final class Comparisons implements AutoCloseable {
    /** How long the weights of one comparison are read. */
    static final Duration MOST = Duration.ofMinutes(2);

    /** The two sides. */
    record Pair(VersionId a, VersionId b) {}

    private final LineageView view;
    private final Desk<Pair, Diff> desk;

    Comparisons(LineageView view, Duration most) {
        this.view = view;
        this.desk = new Desk<>(this::compare, most);
    }

    Desk.Answer<Diff> ask(Pair pair, Duration patience) throws IOException {
        return desk.ask(pair, patience);
    }

    private Diff compare(Pair pair, Desk.Effort effort) throws IOException {
        try (Repository repository = view.another()) {
            var diffs = new Diffs(Optional.of(repository), effort, 1);
            try {
                return diffs.diff(request(pair, DiffRequest.Depth.NUMBERS));
            } catch (Desk.TimeUp e) {
                return diffs.diff(request(pair, DiffRequest.Depth.NAMES));
            }
        }
    }

    private DiffRequest request(Pair pair, DiffRequest.Depth depth) {
        return new DiffRequest(side(pair.a()), side(pair.b()), Optional.empty(), Optional.empty(), depth);
    }

    private DiffSide side(VersionId id) {
        Snapshot now = view.snapshot();
        String label = now.graph().contains(id) ? now.graph().describe(id) : id.abbreviated();
        return new DiffSide.Revision(label, id);
    }

    @Override
    public void close() {
        desk.close();
    }
}
