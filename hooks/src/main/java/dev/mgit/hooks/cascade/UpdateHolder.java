package dev.mgit.hooks.cascade;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.lineage.repository.ExclusiveFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The process that works on an update, or the last one that did and did not say goodbye.
 *
 * @param since when it began
 * @param alive whether it still works on it; on another machine as far as the lock tells
 */
public record UpdateHolder(long pid, String host, Instant since, boolean alive) {
    private static final String LOCK = "update.lock";
    private static final String FILE = "update.holder";

    /** In words: {@code pid 4711 on node3}. */
    public String name() {
        return "pid " + pid + " on " + host;
    }

    public JsonObject toJson() {
        return JsonMembers.of("pid", pid, "host", host, "since", since.toString(), "alive", alive);
    }

    /** The right to work on the update, free again the moment its holder dies. */
    static final class Lock implements AutoCloseable {
        private final Path scratch;
        private final ExclusiveFile lock;

        private Lock(Path scratch, ExclusiveFile lock) {
            this.scratch = scratch;
            this.lock = lock;
        }

        void requireHeld() {
            if (!Files.exists(scratch.resolve(LOCK))) {
                throw new IllegalStateException("the update lock is gone");
            }
        }

        @Override
        public void close() {
            try (lock) {
                Files.deleteIfExists(scratch.resolve(FILE));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** @throws MgitException of kind CONFLICT if somebody has it */
    static Lock lock(Path scratch) {
        return tryLock(scratch).orElseThrow(() -> busy(scratch));
    }

    /** Empty if somebody has it. */
    static Optional<Lock> tryLock(Path scratch) {
        FolderTools.create(scratch);
        try {
            Optional<Lock> lock =
                    ExclusiveFile.tryAcquire(scratch.resolve(LOCK), "an update").map(held -> new Lock(scratch, held));
            if (lock.isPresent()) {
                introduce(scratch, lock.get());
            }
            return lock;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes down who has the lock, or gives it back. */
    private static void introduce(Path scratch, Lock lock) {
        boolean done = false;
        try {
            FolderTools.replace(scratch.resolve(FILE), Json.bytes(me().toJson()));
            done = true;
        } finally {
            if (!done) {
                lock.close();
            }
        }
    }

    private static MgitException busy(Path scratch) {
        String who = of(scratch)
                .map(holder -> " (" + holder.name() + ", since " + holder.since() + ")")
                .orElse("");
        return new MgitException(
                MgitException.Kind.CONFLICT,
                "another process is running an update in this repository" + who,
                "see its progress with 'mgit update --status', or end it with 'mgit update --cancel'");
    }

    boolean isThisProcess() {
        return host.equals(hostName()) && pid == ProcessHandle.current().pid();
    }

    private static UpdateHolder me() {
        return new UpdateHolder(
                ProcessHandle.current().pid(), hostName(), Instant.now().truncatedTo(ChronoUnit.SECONDS), true);
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException unknown) {
                return "localhost";
            }
        }
    }

    /** Whoever works on the update, or was killed at it; empty if nobody is and nobody was. */
    static Optional<UpdateHolder> of(Path scratch) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(scratch.resolve(FILE));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            UpdateHolder said = JsonMembers.read(bytes, FILE, UpdateHolder::fromJson);
            boolean alive = said.host().equals(hostName()) ? said.runs() : locked(scratch);
            return Optional.of(new UpdateHolder(said.pid(), said.host(), said.since(), alive));
        } catch (MgitException e) {
            return Optional.empty(); // only a convenience: the lock decides
        }
    }

    private static UpdateHolder fromJson(JsonObject json) {
        return new UpdateHolder(json.number("pid"), json.string("host"), Instant.parse(json.string("since")), true);
    }

    /** Another process may have its number by now; that one began later. */
    private boolean runs() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info()
                        .startInstant()
                        .map(start -> !start.isAfter(since.plusSeconds(1)))
                        .orElse(true))
                .isPresent();
    }

    private static boolean locked(Path scratch) {
        try {
            Optional<ExclusiveFile> free = ExclusiveFile.tryAcquire(scratch.resolve(LOCK), "a look");
            if (free.isPresent()) {
                free.get().close();
            }
            return free.isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
