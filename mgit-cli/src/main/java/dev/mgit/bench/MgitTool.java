package dev.mgit.bench;

import dev.mgit.bench.Spawned.Usage;
import dev.mgit.delta.codec.Effort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** mgit itself, as a process of its own for each command. */
final class MgitTool implements Tool {
    private static final Pattern STORED = Pattern.compile("\"stored_bytes\"\\s*:\\s*(\\d+)");

    private final String effort;

    MgitTool(Effort effort) {
        this.effort = effort.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String name() {
        return "mgit " + effort;
    }

    @Override
    public Trial run(ModelPair pair, Path folder) throws IOException {
        Path repository = Files.createDirectory(folder.resolve("repository"));
        mgit(repository, "init");
        mgit(repository, "config", "store.effort", effort);
        if (pair.parent().isPresent()) {
            mgit(repository, "commit", pair.parent().get().toString(), "--model", "parent");
        }
        List<String> commit = new ArrayList<>(List.of("commit", pair.child().toString(), "--model", "child", "--json"));
        if (pair.parent().isPresent()) {
            commit.addAll(List.of("--from", "parent"));
        }
        long before = Contents.bytesBelow(repository);
        Usage write = mgit(repository, commit.toArray(String[]::new));
        long stored = Contents.bytesBelow(repository) - before;
        Path out = folder.resolve("out");
        Usage read = mgit(repository, "checkout", "child", out.toString());
        Contents.requireSame(
                name(), pair.child(), out.resolve(String.valueOf(pair.child().getFileName())));
        OptionalLong content = contentBytes(write);
        return new Trial(name(), Files.size(pair.child()), Optional.of(write), stored, content, Optional.of(read), "");
    }

    /** What the commit says its blocks take. */
    private static OptionalLong contentBytes(Usage commit) {
        Matcher stored = STORED.matcher(commit.output());
        return stored.find() ? OptionalLong.of(Long.parseLong(stored.group(1))) : OptionalLong.empty();
    }

    private static Usage mgit(Path repository, String... arguments) throws IOException {
        return Spawned.run(repository, Spawned.mgit(arguments)).orFail("mgit " + arguments[0]);
    }
}
