package dev.mgit.lineage.maintain;

import dev.mgit.delta.codec.Effort;
import dev.mgit.fixtures.Crash;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.repository.WriterLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Arguments: the folder, the phase, and how many versions keep their training state, if old ones are to lose it.
 *
 * <p>Cleans up in a process of its own and waits to be killed in the middle of the phase it is told.
 */
final class KilledGc {
    static final String MARKER = "kill me";

    private KilledGc() {}

    public static void main(String[] args) throws IOException {
        var killed = new CopyProgress() {
            private boolean here;

            @Override
            public void start(String what, long bytes) {
                here = what.equals(args[1]);
                if (here && bytes == 0) {
                    waitForDeath();
                }
            }

            @Override
            public void advance(long bytes) {
                if (here) {
                    waitForDeath();
                }
            }

            @Override
            public void done() {
                if (here) {
                    waitForDeath();
                }
            }
        };
        try (var made = new MadeRepository(Path.of(args[0]));
                WriterLock lock = made.lock()) {
            Optional<DropRequest> drop = args.length > 2
                    ? Optional.of(new DropRequest(List.of(), Integer.parseInt(args[2]), MadeRepository.ADA))
                    : Optional.empty();
            Optional<Effort> repack = drop.isPresent() ? Optional.empty() : Optional.of(Effort.SMALL);
            var request = new GarbageCollector.Request(Instant.now().plusSeconds(60), repack, drop);
            new GarbageCollector(made.repository(), killed).collect(request, lock);
            waitForDeath();
        }
    }

    private static void waitForDeath() {
        Crash.standStill(MARKER);
    }
}
