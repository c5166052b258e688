package dev.mgit.serve.hub.push;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Files that were sent by Xet: a session's {@code model}, what it is for; its xorbs, {@code xorbs/HASH}; and for each file {@code files/SHA256}, a line
 * for each run of chunks it consists of: xorb, first chunk, chunk after the last.
 */
final class XetFiles {
    private static final int BUFFER = 1 << 16;

    private static final String MODEL = "model";

    private static final Duration IDLE = Duration.ofHours(1);

    /** Xorbs held open at a time. */
    private static final int OPEN = 16;

    private final Uploads uploads;

    XetFiles(Uploads uploads) {
        this.uploads = uploads;
    }

    static Path xorb(Path session, String hash) {
        return session.resolve("xorbs").resolve(hash);
    }

    private static Path recipe(Path session, String sha256) {
        return session.resolve("files").resolve(sha256);
    }

    /** Begins a session. */
    void begin(Path session, String model) throws IOException {
        try (var file = new StagedFile(uploads, session.resolve(MODEL))) {
            file.write(model.getBytes(StandardCharsets.UTF_8));
            file.publish();
        }
    }

    boolean isOpen(Path session) {
        return Files.exists(session.resolve(MODEL));
    }

    /** What a session is for. */
    String model(Path session) throws IOException {
        return Files.readString(session.resolve(MODEL));
    }

    /** Takes down how files are made, each once its xorbs are seen to be there. */
    Recipes recipes(Path session) {
        return new Recipes(session);
    }

    /** Writes recipes; close it afterwards. */
    final class Recipes implements AutoCloseable {
        private final Path session;
        private final OpenXorbs xorbs;

        private Recipes(Path session) {
            this.session = session;
            this.xorbs = new OpenXorbs(session);
        }

        void add(XetShard.File file) throws IOException {
            try (var staged = new StagedFile(uploads, recipe(session, file.sha256()));
                    var lines = new BufferedOutputStream(staged, BUFFER)) {
                for (XetShard.Term term : file.terms()) {
                    Optional<Xorb> xorb = xorbs.get(term.xorb());
                    if (xorb.isEmpty()) {
                        throw Refusals.malformed("the shard names a xorb that was not sent: " + term.xorb());
                    }
                    if (xorb.get().bytes(term.from(), term.to()) != term.bytes()) {
                        throw Refusals.malformed("the shard names chunks that xorb " + term.xorb() + " does not have");
                    }
                    lines.write((term.xorb() + " " + term.from() + " " + term.to() + "\n")
                            .getBytes(StandardCharsets.US_ASCII));
                }
                lines.flush();
                staged.publish();
            }
        }

        @Override
        public void close() throws IOException {
            xorbs.close();
        }
    }

    /** The session in which a file was sent, if it was. */
    Optional<Path> session(String sha256) throws IOException {
        try (DirectoryStream<Path> sessions = Files.newDirectoryStream(uploads.xet())) {
            for (Path session : sessions) {
                if (Files.exists(recipe(session, sha256))) {
                    return Optional.of(session);
                }
            }
        }
        return Optional.empty();
    }

    /** Puts a file together. Whether it is the file it is said to be, is for the caller to check. */
    void write(Path session, String sha256, OutputStream out) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(recipe(session, sha256), StandardCharsets.US_ASCII);
                var xorbs = new OpenXorbs(session)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] term = line.split(" ");
                Optional<Xorb> xorb = xorbs.get(term[0]);
                if (xorb.isEmpty()) {
                    throw Refusals.malformed("the upload of " + sha256 + " has expired; push again");
                }
                xorb.get().copy(Integer.parseInt(term[1]), Integer.parseInt(term[2]), out);
            }
        }
    }

    /** Forgets a file that is committed, and its session with the last. */
    void delete(Path session, String sha256) throws IOException {
        uploads.delete(recipe(session, sha256));
        endIfDone(session);
    }

    /** Removes a session of which no file waits for a commit. */
    private void endIfDone(Path session) throws IOException {
        Path recipes = session.resolve("files");
        if (Files.exists(recipes)) {
            try (DirectoryStream<Path> left = Files.newDirectoryStream(recipes)) {
                if (left.iterator().hasNext()) {
                    return;
                }
            }
        }
        uploads.delete(session);
    }

    /** Removes sessions that brought nothing new and seem to be over: no commit will do it. */
    void endIdle() throws IOException {
        Instant horizon = uploads.clock().instant().minus(IDLE);
        try (DirectoryStream<Path> sessions = Files.newDirectoryStream(uploads.xet())) {
            for (Path session : sessions) {
                if (lastWritten(session).isBefore(horizon)) {
                    endIfDone(session);
                }
            }
        }
    }

    private static Instant lastWritten(Path session) throws IOException {
        Path xorbs = session.resolve("xorbs");
        return Files.getLastModifiedTime(Files.exists(xorbs) ? xorbs : session).toInstant();
    }

    /** The xorbs of a session, a few open at a time. */
    private static final class OpenXorbs implements AutoCloseable {
        private final Path session;
        private final Map<String, Xorb> open = new HashMap<>();

        OpenXorbs(Path session) {
            this.session = session;
        }

        Optional<Xorb> get(String hash) throws IOException {
            @Nullable Xorb known = open.get(hash);
            if (known != null) {
                return Optional.of(known);
            }
            Path file = xorb(session, hash);
            if (!XetShard.isHash(hash) || Files.notExists(file)) {
                return Optional.empty();
            }
            if (open.size() >= OPEN) {
                close();
            }
            Xorb opened = Xorb.open(file);
            open.put(hash, opened);
            return Optional.of(opened);
        }

        @Override
        public void close() throws IOException {
            for (Xorb xorb : open.values()) {
                xorb.close();
            }
            open.clear();
        }
    }
}
