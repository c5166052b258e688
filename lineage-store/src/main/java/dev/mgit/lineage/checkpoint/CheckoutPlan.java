package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.FolderComparison.Look;
import dev.mgit.lineage.checkpoint.FolderComparison.Standing;
import dev.mgit.lineage.repository.FileStat;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.SafePath;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a checkout into a folder that exists has to write and to remove.
 *
 * @param missing files to be written
 * @param conflicts paths of files of the user's that would be lost
 * @param removals files, then the folders that hold nothing else, the innermost first
 * @param expected what stands at the targets of files and at removals
 * @param kept what the files look like that are right already, by path
 */
record CheckoutPlan(
        List<FileEntry> missing,
        List<String> conflicts,
        List<Path> removals,
        Map<Path, FileStat> expected,
        Map<String, FileStat> kept) {
    private static final int SHOWN = 5;

    /** Looks at a folder. Asked again with the same comparison, it reads only what was touched since. */
    static CheckoutPlan of(FolderComparison comparison, Path folder, VersionId version, Selection wanted)
            throws IOException {
        var plan = new CheckoutPlan(
                new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new HashMap<>(), new LinkedHashMap<>());
        for (FileEntry file : wanted.files()) {
            Look look = comparison.against(version, file);
            if (look.standing() == Standing.SAME) {
                plan.kept.put(file.path(), look.stat());
            } else {
                plan.missing.add(file);
                plan.touch(folder, file.path(), look);
            }
        }
        if (!wanted.partial()) {
            plan.remove(comparison, folder, wanted);
        }
        return plan;
    }

    private void touch(Path folder, String path, Look look) {
        expected.put(folder.resolve(path), look.stat());
        if (look.standing() == Standing.CHANGED) {
            conflicts.add(path);
        }
    }

    private void remove(FolderComparison comparison, Path folder, Selection wanted) throws IOException {
        Set<String> kept = new HashSet<>(wanted.folders());
        wanted.files().forEach(file -> kept.add(file.path()));
        Set<String> emptied = new TreeSet<>(Comparator.reverseOrder()); // what lies in a folder comes before it
        for (String path : comparison.givenFiles()) {
            if (!kept.contains(path)) {
                Look look = comparison.leftOver(path);
                if (look.standing() != Standing.MISSING) {
                    removals.add(folder.resolve(path));
                    touch(folder, path, look);
                }
                emptied.addAll(foldersAbove(path));
            }
        }
        for (String given : comparison.givenFolders()) {
            emptied.add(given);
            emptied.addAll(foldersAbove(given));
        }
        emptied.removeAll(kept);
        emptied.forEach(path -> removals.add(SafePath.in(folder, path)));
    }

    private static List<String> foldersAbove(String path) {
        List<String> folders = new ArrayList<>();
        for (int end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
            folders.add(path.substring(0, end));
        }
        return folders;
    }

    /** @throws MgitException of kind CONFLICT if files of the user's would be lost */
    void requireNothingLost(Path folder) {
        if (!conflicts.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "checkout would overwrite " + conflicts.size() + " changed or unknown file(s) in '" + folder + "': "
                            + String.join(", ", conflicts.subList(0, Math.min(SHOWN, conflicts.size()))),
                    "commit them first, choose another folder, or give --force");
        }
    }

    /** @throws MgitException of kind CONFLICT if more has to be written than in an earlier plan */
    void requireWithin(CheckoutPlan earlier, Path folder) {
        for (FileEntry file : missing) {
            if (!earlier.missing.contains(file)) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        "'" + folder.resolve(file.path())
                                + "' was changed during the checkout; the folder is unchanged",
                        "run the command again once nothing writes to it");
            }
        }
    }
}
