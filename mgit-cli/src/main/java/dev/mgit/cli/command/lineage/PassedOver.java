package dev.mgit.cli.command.lineage;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Lists what an import passed over; of many files of one kind in a folder only the number. */
final class PassedOver {
    private static final int ALONE = 5;

    private PassedOver() {}

    private record Group(Optional<Path> folder, String reason) {}

    static List<String> lines(Map<Path, String> passedOver, Function<Path, String> shown) {
        Map<Group, List<Path>> groups = new LinkedHashMap<>();
        passedOver.forEach((path, reason) -> groups.computeIfAbsent(
                        new Group(Optional.ofNullable(path.getParent()), reason), group -> new ArrayList<>())
                .add(path));
        List<String> lines = new ArrayList<>();
        groups.forEach((group, paths) -> {
            if (paths.size() > ALONE && group.folder().isPresent()) {
                lines.add("passed over: " + shown.apply(group.folder().get()) + ": " + paths.size() + " files: "
                        + group.reason());
            } else {
                paths.forEach(path -> lines.add("passed over: " + shown.apply(path) + ": " + group.reason()));
            }
        });
        return lines;
    }
}
