package dev.mgit.lineage.git;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Locale;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.transport.PackParser;
import org.eclipse.jgit.util.NB;

/** A pack that somebody sends, whose header JGit would believe: it reserves memory for as many objects as that names. */
final class IncomingPack {
    private static final int HEADER = 12;
    private static final int COUNT = 8;
    /** What JGit keeps of an object while it takes a pack in, about. */
    private static final int BYTES_PER_OBJECT = 64;
    /** JGit holds a commit or a tree as a whole, of the size that the pack says it has. */
    private static final int SHARE_OF_ONE_OBJECT = 4;

    private IncomingPack() {}

    /** As {@link ObjectInserter#newPackParser}, for a pack whose objects fit into memory. */
    static PackParser parser(ObjectInserter inserter, InputStream in) throws IOException {
        var whole = new PushbackInputStream(in, HEADER);
        byte[] header = whole.readNBytes(HEADER);
        whole.unread(header);
        long most = Runtime.getRuntime().maxMemory() / BYTES_PER_OBJECT;
        if (header.length == HEADER && NB.decodeUInt32(header, COUNT) > most) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "the pack claims to have %,d objects, and %,d are what the memory given to mgit allows",
                    NB.decodeUInt32(header, COUNT),
                    most));
        }
        PackParser parser = inserter.newPackParser(whole);
        parser.setMaxObjectSizeLimit(Runtime.getRuntime().maxMemory() / SHARE_OF_ONE_OBJECT);
        return parser;
    }
}
