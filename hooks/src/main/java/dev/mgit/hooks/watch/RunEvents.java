package dev.mgit.hooks.watch;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Wakes whoever waits when something happens in a run's folder or its checkpoints. Only a hint: a network disk does not
 * tell what other machines write, so whoever waits looks again after a while all the same.
 */
final class RunEvents implements AutoCloseable {
    private static final int DEEPEST = 4;

    private final Path run;
    private final Pattern checkpoints;
    private final WatchService service;
    private final Map<Path, WatchKey> watched = new HashMap<>();

    /** @param checkpoints names of the folders to look into */
    RunEvents(Path run, Pattern checkpoints) throws IOException {
        this.run = run;
        this.checkpoints = checkpoints;
        this.service = run.getFileSystem().newWatchService();
    }

    /** Watches what is there now. The look at what is there comes after, so that nothing falls between. */
    void watchAll() {
        watched.values().removeIf(key -> !key.isValid());
        watch(run, 0);
    }

    private void watch(Path folder, int depth) {
        try {
            if (!watched.containsKey(folder)) {
                watched.put(
                        folder,
                        folder.register(
                                service,
                                StandardWatchEventKinds.ENTRY_CREATE,
                                StandardWatchEventKinds.ENTRY_MODIFY,
                                StandardWatchEventKinds.ENTRY_DELETE));
            }
            if (depth == DEEPEST) {
                return;
            }
            try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
                for (Path child : children) {
                    boolean wanted = depth > 0
                            || checkpoints
                                    .matcher(child.getFileName().toString())
                                    .matches();
                    if (wanted && Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                        watch(child, depth + 1);
                    }
                }
            }
        } catch (IOException e) {
            // it is gone, or the system watches no more folders: a look comes later
        }
    }

    /**
     * Waits for something to happen.
     *
     * @return false once this is closed
     */
    boolean await(Duration most) throws InterruptedException {
        try {
            @Nullable WatchKey key = service.poll(Math.max(1, most.toMillis()), TimeUnit.MILLISECONDS);
            while (key != null) {
                key.pollEvents();
                key.reset();
                key = service.poll();
            }
            return true;
        } catch (ClosedWatchServiceException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        service.close();
    }
}
