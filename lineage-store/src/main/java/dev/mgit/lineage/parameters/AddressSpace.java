package dev.mgit.lineage.parameters;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of this process's address space is left. RocksDB reserves more of it than it uses, and ends the process where it does
 * not get that, in words of its own; so mgit looks first.
 */
final class AddressSpace {
    /** What loading RocksDB, opening a store and compacting it reserve, threads included; measured, and rounded up. */
    static final long NEEDED = 256L << 20;

    private static final Pattern LIMIT = Pattern.compile("(?m)^Max address space +(\\d{1,18}) ");
    private static final Pattern SIZE = Pattern.compile("(?m)^VmSize:\\s+(\\d{1,15}) kB$");

    private AddressSpace() {}

    /** @throws MgitException of kind FAILED if less than is needed is left */
    static void require() {
        Path process = Path.of("/proc/self");
        try {
            if (Files.isReadable(process.resolve("limits"))) {
                require(Files.readString(process.resolve("limits")), Files.readString(process.resolve("status")));
            }
        } catch (IOException e) {
            // nothing is known of it, as on systems that have no such files
        }
    }

    /**
     * @param limits as Linux has them in {@code /proc/self/limits}
     * @param status as in {@code /proc/self/status}
     */
    static void require(String limits, String status) {
        Matcher limit = LIMIT.matcher(limits);
        Matcher size = SIZE.matcher(status);
        if (limit.find() && size.find()) {
            long most = Long.parseLong(limit.group(1));
            long used = Long.parseLong(size.group(1)) << 10;
            if (most - used < NEEDED) {
                throw new MgitException(
                        MgitException.Kind.FAILED,
                        "not enough address space for the parameter store: the limit is " + (most >> 20) + " MiB, "
                                + (used >> 20) + " MiB of it are taken, and another " + (NEEDED >> 20)
                                + " MiB are needed",
                        "raise it ('ulimit -v unlimited'), or lower MGIT_HEAP; a job's memory is better limited by a cgroup");
            }
        }
    }
}
