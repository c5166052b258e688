package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.transport.PackParser;

/**
 * The indexes of packs: those that JGit must not believe, and those that are not there. Format: Git's {@code gitformat-pack}; 256
 * counts, each of the objects whose ids begin with that byte or a lower one, then the ids.
 */
final class PackIndexes {
    private static final int COUNTS = 256 * Integer.BYTES;
    private static final int VERSION_HEADER = 8;
    private static final int MAGIC = 0xff744f63;
    private static final int HASH = Constants.OBJECT_ID_LENGTH;

    private PackIndexes() {}

    /**
     * JGit reserves memory for as many ids as an index counts, before it finds that there are fewer. Reads a kilobyte of each
     * index.
     *
     * @return what is wrong with one of them, if JGit must not see it
     */
    static Optional<String> oversized(Path git) {
        try {
            for (Path index : GitFiles.ending(git.resolve("objects/pack"), ".idx")) {
                if (Files.isRegularFile(index, LinkOption.NOFOLLOW_LINKS) && countsMoreThanItHolds(index)) {
                    return Optional.of(index + " counts more objects than it has bytes for");
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads all indexes of a repository whose objects JGit will send from where they say.
     *
     * @return one that is damaged, or of another pack
     */
    static Optional<Path> damaged(Path git) throws IOException {
        for (Path index : GitFiles.ending(git.resolve("objects/pack"), ".idx")) {
            Path pack = index.resolveSibling(String.valueOf(index.getFileName()).replaceFirst("idx$", "pack"));
            if (!isSound(index, pack)) {
                return Optional.of(index);
            }
        }
        return Optional.empty();
    }

    /** Where the index of a pack belongs. */
    static Path of(Path pack) {
        return Path.of(pack.toString().replaceFirst("pack$", "idx"));
    }

    /**
     * Gives an index to packs that have none. A pack is put in its place first, so that a crash or a full disk may leave one
     * without; and JGit takes a pack that it finds there for received. Whoever is just about to write that index writes the same.
     *
     * @param objects Git's folder of objects
     */
    static void complete(Path objects) throws IOException {
        for (Path pack : GitFiles.ending(objects.resolve("pack"), ".pack")) {
            Path index = of(pack);
            if (Files.notExists(index, LinkOption.NOFOLLOW_LINKS)
                    && Files.isRegularFile(pack, LinkOption.NOFOLLOW_LINKS)
                    && GitFiles.endsWithItsHash(pack)) {
                GitFiles.replace(index, make(pack));
            }
        }
    }

    /** The index of a pack. JGit makes it while it takes the pack in; here, into a repository of its own that is thrown away. */
    static byte[] make(Path pack) throws IOException {
        Path folder = Files.createTempDirectory("mgit-index-");
        try (var other = new FileRepository(folder.toFile())) {
            other.create(true);
            try (ObjectInserter inserter = other.newObjectInserter();
                    InputStream in = Files.newInputStream(pack)) {
                PackParser parser = IncomingPack.parser(inserter, in);
                parser.parse(NullProgressMonitor.INSTANCE);
                inserter.flush();
            }
            for (Path index : GitFiles.ending(folder.resolve("objects/pack"), ".idx")) {
                return Files.readAllBytes(index);
            }
            throw MgitException.integrity("Git file " + pack + " cannot be indexed");
        } finally {
            GitFiles.removeTree(folder);
        }
    }

    private static boolean countsMoreThanItHolds(Path index) throws IOException {
        long size;
        ByteBuffer head = ByteBuffer.allocate(VERSION_HEADER + COUNTS);
        try (SeekableByteChannel channel = Files.newByteChannel(index)) {
            size = channel.size();
            while (head.hasRemaining() && channel.read(head) >= 0) {
                // until it is full or the file ends
            }
        }
        head.flip();
        if (head.remaining() >= VERSION_HEADER && head.getInt(0) == MAGIC) {
            head.position(VERSION_HEADER); // version 1 begins with the counts
        }
        long before = 0;
        while (head.remaining() >= Integer.BYTES) {
            long count = Integer.toUnsignedLong(head.getInt());
            if ((count - before) * HASH > size) {
                return true;
            }
            before = count;
        }
        return false;
    }

    /** Whether an index is whole and of this pack: it ends in the hash its pack ends in, and its own. */
    static boolean isSound(Path index, Path pack) throws IOException {
        if (!GitFiles.endsWithItsHash(index) || !Files.isRegularFile(pack, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        byte[] ofIndex = GitFiles.end(index, 2 * HASH);
        byte[] ofPack = GitFiles.end(pack, HASH);
        return ofIndex.length == 2 * HASH && ofPack.length == HASH && Arrays.equals(ofPack, 0, HASH, ofIndex, 0, HASH);
    }
}
