package dev.mgit.hooks.watch;

import dev.mgit.delta.DiskRefusal;
import dev.mgit.hooks.watch.WatchEvent.Kind;
import java.io.IOException;
import java.util.function.Consumer;

/** Whether the repository's disk has room for another commit. Says when there is none any more, and when there is again. */
final class DiskRoom {
    private static final long MEGABYTE = 1_000_000;

    private final FreeSpace space;
    private final long minFree;
    private final Consumer<WatchEvent> events;
    private boolean paused;

    /** @param minFree bytes that stay free */
    DiskRoom(FreeSpace space, long minFree, Consumer<WatchEvent> events) {
        this.space = space;
        this.minFree = minFree;
        this.events = events;
    }

    /** Pauses if not. A version takes at most what its folder does. */
    boolean isEnoughFor(WatchedFolder folder) throws IOException {
        long bytes = folder.look().bytes();
        long free = space.bytes();
        if (free < minFree + bytes) {
            pause("the disk of the repository is nearly full: " + free / MEGABYTE + " MB free, and committing "
                    + folder.name() + " may take " + bytes / MEGABYTE + " MB beside the " + minFree / MEGABYTE
                    + " MB that stay free");
        }
        return free >= minFree + bytes;
    }

    /** Whether that is why a commit failed. */
    static boolean ranOut(Exception failure) {
        return DiskRefusal.behind(failure).filter(DiskRefusal::isFull).isPresent();
    }

    void pause(String why) {
        if (!paused) {
            paused = true;
            events.accept(WatchEvent.of(Kind.PAUSED, why));
        }
    }

    void resume() {
        if (paused) {
            paused = false;
            events.accept(WatchEvent.of(Kind.RESUMED, ""));
        }
    }

    boolean isPaused() {
        return paused;
    }
}
