package dev.mgit.lineage.git;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.ignore.FastIgnoreRule;
import org.eclipse.jgit.ignore.IgnoreNode;

/** Rules in gitignore syntax, as Git itself would read them. */
public final class GitIgnore {
    private final IgnoreNode node;

    private GitIgnore(IgnoreNode node) {
        this.node = node;
    }

    public static GitIgnore parse(InputStream in) throws IOException {
        var node = new IgnoreNode();
        node.parse(in);
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
