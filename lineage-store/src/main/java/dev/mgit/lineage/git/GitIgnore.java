package dev.mgit.lineage.git;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.ignore.FastIgnoreRule;
import org.eclipse.jgit.ignore.IgnoreNode;

/** Rules in gitignore syntax, as Git itself would read them. */
public final class GitIgnore {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final IgnoreNode node;

    private GitIgnore(IgnoreNode node) {
        this.node = node;
    }

    /** A mark of the byte order at the beginning, as editors of Windows leave it, belongs to no rule. */
    public static GitIgnore parse(InputStream in) throws IOException {
        var node = new IgnoreNode();
        var rules = new PushbackInputStream(in, BYTE_ORDER_MARK.length);
        byte[] begin = rules.readNBytes(BYTE_ORDER_MARK.length);
        if (!Arrays.equals(begin, BYTE_ORDER_MARK)) {
            rules.unread(begin);
        }
        node.parse(rules);
        return new GitIgnore(node);
    }

    /** True if the rules ignore a path, false if they take it back, empty if they do not mention it. */
    public Optional<Boolean> decide(String path, boolean isFolder) {
        List<FastIgnoreRule> rules = node.getRules();
        for (int i = rules.size() - 1; i >= 0; i--) {
            if (rules.get(i).isMatch(path, isFolder, true)) {
                return Optional.of(rules.get(i).getResult());
            }
        }
        return Optional.empty();
    }
}
