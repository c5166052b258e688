package dev.mgit.bench;

import dev.mgit.bench.Spawned.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A peer run by shell lines in an empty folder, where {@code $old} is the parent's file ({@code /dev/null} if there is
 * none), {@code $new} the child's, {@code $out} where to put it back, {@code store} a folder whose growth counts.
 *
 * @param needs a program it needs; empty for those every system has
 * @param prepare brings it to where the parent is kept and the child lies ready; not timed
 * @param write keeps the child
 * @param read gets it back; empty if it cannot
 * @param most bytes of the child it is given, because it is slow; 0 for all
 */
record ShellTool(String name, String needs, String prepare, String write, String read, long most) implements Tool {
    static ShellTool of(String name, String write, String read) {
        return new ShellTool(name, "", "", write, read, 0);
    }

    @Override
    public Trial run(ModelPair pair, Path folder) throws IOException {
        if (!needs.isEmpty() && shell(folder, "", "command -v " + needs).exit() != 0) {
            return Trial.none(this, "there is no " + needs + " here");
        }
        Path child = pair.child();
        boolean sampled = most > 0 && Files.size(child) > most;
        if (sampled) {
            child = Contents.head(child, most, folder.resolve("sample"));
        }
        Path out = folder.resolve("out");
        Path store = Files.createDirectory(folder.resolve("store"));
        String variables = "old='" + pair.parent().map(Path::toString).orElse("/dev/null") + "' new='" + child
                + "' out='" + out + "'\nset -e\n";
        Usage prepared = shell(folder, variables, prepare);
        if (prepared.exit() != 0) {
            return Trial.none(this, prepared.lastLine());
        }
        long before = Contents.bytesBelow(store);
        Usage written = shell(folder, variables, write);
        if (written.exit() != 0) {
            return Trial.none(this, written.lastLine());
        }
        long stored = Contents.bytesBelow(store) - before;
        String remark = sampled ? "first " + most / 1_000_000 + " MB only" : "";
        Optional<Usage> back = Optional.empty();
        if (!read.isEmpty()) {
            Usage got = shell(folder, variables, read);
            if (got.exit() != 0) {
                return Trial.none(this, got.lastLine());
            }
            if (!Contents.isSame(child, out)) {
                return Trial.none(this, "restored bytes differ from the original");
            }
            back = Optional.of(got);
        }
        return new Trial(name, Files.size(child), Optional.of(written), stored, OptionalLong.empty(), back, remark);
    }

    private static Usage shell(Path folder, String variables, String line) throws IOException {
        return Spawned.run(folder, List.of("sh", "-c", variables + line));
    }
}
